//! A driver or a team with every season.

mod driver;
mod team;

use askama::Template;

pub(crate) use self::{driver::show as driver, team::show as team};
use crate::{
    competitor::Competitor,
    error::Error,
    page::Frame,
    parts::{Lede, Link},
    words,
};

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage {
    frame: Frame,
    over: String,
    name: String,
    lede: Lede,
    cells: Vec<Cell>,
    lineage: Vec<Link>,
    recent: Vec<Recent>,
    caption: &'static str,
    /// The heading of the column [`SeasonRow::with`].
    with: &'static str,
    /// The standings that a season links to.
    standings: Competitor,
    /// The seasons have a column that compares teammates.
    duel: bool,
    seasons: Vec<SeasonRow>,
}

/// A figure over the whole career.
struct Cell {
    name: &'static str,
    value: String,
}

impl Cell {
    const fn new(name: &'static str, value: String) -> Self {
        Self { name, value }
    }
}

/// A recent race of a driver.
struct Recent {
    href: String,
    race: String,
    team: String,
    grid: String,
    finish: String,
    points: String,
}

/// A season of a driver or a team.
struct SeasonRow {
    year: i16,
    /// Teams of the driver, or drivers of the team.
    with: String,
    position: String,
    points: String,
    starts: i16,
    wins: i16,
    podiums: i16,
    poles: i16,
    retired: i16,
    mean_finish: String,
    teammate: String,
}

/// The sentence on a career; a first place in a championship that is still open counts, too.
fn lede(
    name: &str,
    races: i64,
    wins: i64,
    championship_positions: impl Iterator<Item = Option<i16>>,
) -> Lede {
    let entered = words::count(races, "Grand Prix", "Grands Prix");
    let strong = match (races, wins) {
        (0, _) => format!("{name} never started a Grand Prix"),
        (_, 0) => format!("{name} started {entered}"),
        _ => format!("{name} won {wins} of {entered}"),
    };
    let first = championship_positions
        .filter(|place| *place == Some(1))
        .count();
    let rest = match first {
        0 => ".".to_owned(),
        1 => " and stood first in the championship once.".to_owned(),
        2 => " and stood first in the championship twice.".to_owned(),
        titles => format!(
            " and stood first in the championship {} times.",
            words::number(titles)
        ),
    };
    Lede { strong, rest }
}

/// A mean finishing place for a table.
fn mean_finish(mean: Option<f64>) -> String {
    words::or_empty(mean.map(|mean| format!("{mean:.1}")))
}

/// A 404 with links to the up to five `candidates` (key, name) whose key resembles `key`.
fn not_found(
    of: Competitor,
    key: &str,
    candidates: impl Iterator<Item = (String, String)>,
) -> Error {
    let wanted: String = key.chars().take(80).collect::<String>().to_lowercase();
    let mut scored: Vec<(f64, Link)> = candidates
        .map(|(key, name)| (likeness(&wanted, &key), Link::new(of.profile(&key), name)))
        .filter(|(score, _)| *score > 0.88)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    Error::NotFound {
        near: scored.into_iter().take(5).map(|(_, link)| link).collect(),
    }
}

/// How much a key resembles the `wanted` one, as a whole or in one of its words; at most 1.
fn likeness(wanted: &str, key: &str) -> f64 {
    if wanted.len() >= 3 && key.contains(wanted) {
        return 1.0;
    }
    key.split('-')
        .filter(|part| part.len() >= 3)
        .chain([key])
        .map(|part| strsim::jaro_winkler(wanted, part))
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_career_is_one_sentence() {
        let text = |races, wins, titles: usize| {
            let places = std::iter::repeat_n(Some(1), titles).chain([Some(2), None]);
            let Lede { strong, rest } = lede("A. Sainz Jr.", races, wins, places);
            strong + &rest
        };
        assert_eq!(text(1, 1, 0), "A. Sainz Jr. won 1 of 1 Grand Prix.");
        assert_eq!(
            text(300, 0, 1),
            "A. Sainz Jr. started 300 Grands Prix and stood first in the championship once."
        );
        assert_eq!(
            text(200, 50, 4),
            "A. Sainz Jr. won 50 of 200 Grands Prix and stood first in the championship four times."
        );
        assert_eq!(text(0, 0, 0), "A. Sainz Jr. never started a Grand Prix.");
    }

    #[test]
    fn similar_keys_are_near() {
        assert!(likeness("verstapen", "max-verstappen") > 0.88);
        assert!((likeness("verst", "max-verstappen") - 1.0).abs() < f64::EPSILON);
        assert!(likeness("nobody-at-all", "max-verstappen") < 0.88);
    }
}
