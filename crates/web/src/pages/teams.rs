//! Teams: the list of all time and one team.

use axum::response::IntoResponse;
use client::teams::{LineageMember, Team, TeamSeason};

use super::{
    drivers::{Cell, ListPage, ListRow, ProfilePage, SeasonRow, record, years},
    frame, nearest,
};
use crate::{
    error::Error,
    extract::{Api, Path},
    page::{Page, Part},
    parts::{Lede, Link},
    words,
};

/// `GET /teams`
pub(crate) async fn list(Api(api): Api) -> Result<impl IntoResponse, Error> {
    let (frame, teams) = tokio::join!(frame(&api, Part::Teams), api.teams(None));
    let (frame, teams) = (frame?, teams?.teams);
    let winners = teams.iter().filter(|team| team.wins > 0).count();
    let lede = Lede {
        strong: format!("{} teams have started a Grand Prix", teams.len()),
        rest: format!("; {winners} of them have won one."),
    };
    let links = frame.season.map(|season| {
        Link::new(
            format!("/seasons/{season}/standings/teams"),
            format!("Standings {season}"),
        )
    });
    let rows = teams.into_iter().map(|row| ListRow {
        href: format!("/teams/{}", row.team.key),
        name: row.team.name,
        country: row.country.unwrap_or_default(),
        seasons: years(row.first_season, row.last_season),
        starts: row.starts,
        wins: row.wins,
    });
    Ok(Page(ListPage {
        rows: rows.collect(),
        frame,
        title: "Teams",
        lede,
        caption: "By name. Starts count cars.",
        links: links.into_iter().collect(),
    }))
}

/// `GET /teams/{key}`
pub(crate) async fn show(
    Api(api): Api,
    Path(key): Path<String>,
) -> Result<impl IntoResponse, Error> {
    let (frame, team) = tokio::join!(frame(&api, Part::Teams), api.team(&key));
    let frame = frame?;
    let team = match team {
        Err(client::Error::NotFound(_)) => {
            let all = api.teams(None).await?.teams.into_iter().map(|row| row.team);
            let candidates = all.map(|team| (format!("/teams/{}", team.key), team.name, team.key));
            return Err(Error::NotFound {
                near: nearest(&key, candidates),
            });
        }
        answer => answer?,
    };
    let others = team
        .lineage
        .iter()
        .filter(|member| member.team.key != team.team.key)
        .map(member);
    Ok(Page(ProfilePage {
        over: team.country.clone().unwrap_or_default(),
        name: team.full_name.clone(),
        lede: lede(&team),
        cells: cells(&team),
        lineage: others.collect(),
        recent: Vec::new(),
        caption: "Points are those that counted for the championship. Starts and retirements count cars.",
        with: "Drivers",
        table: "teams",
        duel: false,
        seasons: team.seasons.iter().map(season).collect(),
        frame,
    }))
}

fn member(member: &LineageMember) -> Link {
    let when = match (member.first_season, member.last_season) {
        (Some(first), Some(last)) => format!(", {}", years(first, last)),
        _ => String::new(),
    };
    Link::new(
        format!("/teams/{}", member.team.key),
        format!("{}{when}", member.team.name),
    )
}

fn sum(team: &Team, of: fn(&TeamSeason) -> i16) -> i64 {
    team.seasons
        .iter()
        .map(|season| i64::from(of(season)))
        .sum()
}

fn lede(team: &Team) -> Lede {
    let places = team
        .seasons
        .iter()
        .map(|season| season.championship_position);
    let races = sum(team, |season| season.races);
    record(
        &team.team.name,
        races,
        sum(team, |season| season.wins),
        places,
    )
}

fn cells(team: &Team) -> Vec<Cell> {
    let total = |name, of| Cell {
        name,
        value: sum(team, of).to_string(),
    };
    vec![
        total("Grands Prix", |season| season.races),
        total("Wins", |season| season.wins),
        total("Podiums", |season| season.podiums),
        total("One-twos", |season| season.one_twos),
        total("Poles", |season| season.poles),
        total("Fastest laps", |season| season.fastest_laps),
    ]
}

fn season(season: &TeamSeason) -> SeasonRow {
    SeasonRow {
        year: season.year,
        with: season
            .drivers
            .iter()
            .map(|driver| driver.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
        position: season
            .championship_position
            .map(|place| place.to_string())
            .unwrap_or_default(),
        points: season
            .championship_points
            .map(words::points)
            .unwrap_or_default(),
        starts: season.starts,
        wins: season.wins,
        podiums: season.podiums,
        poles: season.poles,
        retired: season.retirements,
        mean_finish: season
            .mean_finish
            .map(|mean| format!("{mean:.1}"))
            .unwrap_or_default(),
        teammate: String::new(),
    }
}
