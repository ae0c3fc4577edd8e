//! The title of drivers or of teams: the table after a round, and the chances up to it.

use std::fmt::Display;

use askama::{Template, filters::HtmlSafe};
use client::title_odds::OddsAfter;

use super::{Stage, candidate::Candidate, chart};
use crate::{chart::Lines, competitor::Competitor, parts::Chance, words};

/// The title odds of drivers or of teams after a round.
#[derive(Template)]
#[template(path = "title_odds/title.html")]
pub(super) struct Title<N: Display + HtmlSafe> {
    id: &'static str,
    heading: &'static str,
    one: &'static str,
    caption: String,
    /// Rounds are left to run, so final points are expected values.
    open: bool,
    rows: Vec<Row<N>>,
    chart: Lines,
    columns: Vec<String>,
    rounds: Vec<RoundRow>,
}

impl<N: Display + HtmlSafe> HtmlSafe for Title<N> {}

struct Row<N> {
    name: N,
    chance: Chance,
    points: String,
    expected: String,
    interval: String,
    state: &'static str,
}

struct RoundRow {
    round: i16,
    chances: Vec<String>,
}

/// The title odds of these candidates; `None` where nobody had taken part by then.
pub(super) fn title<N: Display + HtmlSafe>(
    of: Competitor,
    candidates: Vec<Candidate<N>>,
    stage: Stage,
) -> Option<Title<N>> {
    let named = chart::named(&candidates);
    let heading = of.many();
    let chart = chart::lines(heading, &candidates, &named, stage);
    let columns = named.iter().map(|index| candidates[*index].short.clone());
    let mut rounds: Vec<i16> = candidates
        .iter()
        .flat_map(|candidate| candidate.rounds.iter().map(|odds| odds.after_round))
        .collect();
    rounds.sort_unstable();
    rounds.dedup();
    let percent = |odds: &OddsAfter| match (odds.clinched, odds.possible) {
        (true, _) => "100".to_owned(),
        (_, false) => "0".to_owned(),
        _ => words::percent(odds.chance),
    };
    let round_rows = rounds.iter().map(|after| RoundRow {
        round: *after,
        chances: named
            .iter()
            .map(|index| words::or_dash(candidates[*index].after(*after).map(percent)))
            .collect(),
    });
    let Stage { round, left, .. } = stage;
    let caption = if left > 0 {
        format!(
            "After round {round}, with {} to come, simulated many times over. “Expected” is the mean of the final points; the interval contains nine simulated seasons in ten.",
            words::count(left, "race", "races")
        )
    } else {
        "The final table.".to_owned()
    };
    let table = Title {
        id: of.path(),
        heading,
        one: of.one(),
        caption,
        open: left > 0,
        chart,
        columns: columns.collect(),
        rounds: round_rows.collect(),
        rows: candidates
            .into_iter()
            .filter_map(|candidate| row(candidate, round))
            .collect(),
    };
    (!table.rows.is_empty()).then_some(table)
}

fn row<N>(candidate: Candidate<N>, round: i16) -> Option<Row<N>> {
    let odds = candidate.after(round)?;
    let whole = |points: f64| format!("{points:.0}");
    let [low, high] = odds.interval.map(whole);
    Some(Row {
        chance: if odds.clinched || !odds.possible {
            Chance::decided(odds.clinched)
        } else {
            Chance::new(odds.chance)
        },
        points: words::points(odds.points),
        expected: whole(odds.expected_points),
        interval: if low == high {
            String::new()
        } else {
            format!("{low}–{high}")
        },
        state: match (odds.clinched, odds.possible) {
            (true, _) => "champion",
            (_, true) => "still possible",
            (_, false) => "out of reach",
        },
        name: candidate.name,
    })
}
