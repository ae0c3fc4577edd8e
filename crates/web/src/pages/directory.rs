//! Every driver, or every team, that has started a Grand Prix.

use askama::Template;
use axum::response::IntoResponse;

use super::frame;
use crate::{
    competitor::Competitor,
    error::Error,
    extract::Api,
    page::{Frame, Page},
    parts::{Lede, Link},
    words,
};

#[derive(Template)]
#[template(path = "directory.html")]
struct DirectoryPage {
    frame: Frame,
    title: &'static str,
    lede: Lede,
    caption: &'static str,
    links: Vec<Link>,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    country: String,
    seasons: String,
    starts: i64,
    wins: i64,
}

/// `GET /drivers`
pub(crate) async fn drivers(Api(api): Api) -> Result<impl IntoResponse, Error> {
    let of = Competitor::Driver;
    let (frame, drivers) = tokio::join!(frame(&api, of.section()), api.drivers(None));
    let rows = drivers?.drivers.into_iter().map(|row| Row {
        href: of.profile(&row.driver.key),
        name: row.driver.name,
        country: row.nationality.unwrap_or_default(),
        seasons: words::years(row.first_season, row.last_season),
        starts: row.starts,
        wins: row.wins,
    });
    Ok(page(of, frame?, "By family name.", rows.collect()))
}

/// `GET /teams`
pub(crate) async fn teams(Api(api): Api) -> Result<impl IntoResponse, Error> {
    let of = Competitor::Team;
    let (frame, teams) = tokio::join!(frame(&api, of.section()), api.teams(None));
    let rows = teams?.teams.into_iter().map(|row| Row {
        href: of.profile(&row.team.key),
        name: row.team.name,
        country: row.country.unwrap_or_default(),
        seasons: words::years(row.first_season, row.last_season),
        starts: row.starts,
        wins: row.wins,
    });
    Ok(page(
        of,
        frame?,
        "By name. Starts count cars.",
        rows.collect(),
    ))
}

fn page(
    of: Competitor,
    frame: Frame,
    caption: &'static str,
    rows: Vec<Row>,
) -> Page<DirectoryPage> {
    let links = frame
        .season
        .map(|season| Link::new(of.standings(season), format!("Standings {season}")));
    let wins: Vec<i64> = rows.iter().map(|row| row.wins).collect();
    Page(DirectoryPage {
        frame,
        title: of.many(),
        lede: lede(of, &wins),
        caption,
        links: links.into_iter().collect(),
        rows,
    })
}

/// How many there are and how many have won, from the wins of each.
fn lede(of: Competitor, wins: &[i64]) -> Lede {
    let winners = wins.iter().filter(|wins| **wins > 0).count();
    let verb = if wins.len() == 1 { "has" } else { "have" };
    let all = words::count(wins.len(), of.one_in_sentence(), of.path());
    let won = if winners == 1 { "has" } else { "have" };
    Lede {
        strong: format!("{all} {verb} started a Grand Prix"),
        rest: format!("; {winners} of them {won} won one."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_opening_counts_starters_and_winners() {
        let text = |of, wins: &[i64]| {
            let Lede { strong, rest } = lede(of, wins);
            strong + &rest
        };
        assert_eq!(
            text(Competitor::Driver, &[0, 3, 0]),
            "3 drivers have started a Grand Prix; 1 of them has won one."
        );
        assert_eq!(
            text(Competitor::Team, &[0]),
            "1 team has started a Grand Prix; 0 of them have won one."
        );
    }
}
