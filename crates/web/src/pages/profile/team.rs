//! One team.

use axum::response::IntoResponse;
use client::teams::{LineageMember, Team, TeamSeason};

use super::{Cell, ProfilePage, SeasonRow, lede, mean_finish, not_found};
use crate::{
    competitor::Competitor,
    error::Error,
    extract::{Api, Path},
    page::Page,
    pages::frame,
    parts::Link,
    words,
};

/// `GET /teams/{key}`
pub(crate) async fn show(
    Api(api): Api,
    Path(key): Path<String>,
) -> Result<impl IntoResponse, Error> {
    let of = Competitor::Team;
    let (frame, team) = tokio::join!(frame(&api, of.section()), api.team(&key));
    let frame = frame?;
    let team = match team {
        Err(client::Error::NotFound(_)) => {
            let all = api.teams(None).await?.teams.into_iter();
            let candidates = all.map(|row| (row.team.key, row.team.name));
            return Err(not_found(of, &key, candidates));
        }
        answer => answer?,
    };
    let seasons = &team.seasons;
    let others = team
        .lineage
        .iter()
        .filter(|member| member.team.key != team.team.key);
    Ok(Page(ProfilePage {
        frame,
        over: team.country.clone().unwrap_or_default(),
        name: team.full_name.clone(),
        lede: lede(
            &team.team.name,
            sum(seasons, |season| season.races),
            sum(seasons, |season| season.wins),
            seasons.iter().map(|season| season.championship_position),
        ),
        cells: cells(&team),
        lineage: others.map(member).collect(),
        recent: Vec::new(),
        caption: "Points are those that counted for the championship. Starts and retirements count cars.",
        with: "Drivers",
        standings: of,
        duel: false,
        seasons: seasons.iter().map(season).collect(),
    }))
}

fn member(member: &LineageMember) -> Link {
    let seasons = match (member.first_season, member.last_season) {
        (Some(first), Some(last)) => format!(", {}", words::years(first, last)),
        _ => String::new(),
    };
    Link::new(
        Competitor::Team.profile(&member.team.key),
        format!("{}{seasons}", member.team.name),
    )
}

fn sum(seasons: &[TeamSeason], of: fn(&TeamSeason) -> i16) -> i64 {
    seasons.iter().map(|season| i64::from(of(season))).sum()
}

fn cells(team: &Team) -> Vec<Cell> {
    let total = |name, of| Cell::new(name, sum(&team.seasons, of).to_string());
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
    let drivers = season.drivers.iter().map(|driver| driver.name.as_str());
    SeasonRow {
        year: season.year,
        with: drivers.collect::<Vec<_>>().join(", "),
        position: words::or_empty(season.championship_position),
        points: words::or_empty(season.championship_points.map(words::points)),
        starts: season.starts,
        wins: season.wins,
        podiums: season.podiums,
        poles: season.poles,
        retired: season.retirements,
        mean_finish: mean_finish(season.mean_finish),
        teammate: String::new(),
    }
}
