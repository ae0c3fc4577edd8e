//! The chances of a title as lines over the rounds.

use super::{Stage, candidate::Candidate};
use crate::{
    chart::{Axis, Chart, Lines, Series, Style},
    colour,
};

/// Lines with a name and a colour; the others are grey.
const NAMED: usize = 6;
/// Candidates who never had this chance get a grey line.
const WORTH_A_LINE: f64 = 0.005;
/// The colour of teams without one; visible on both grounds.
const NO_COLOUR: &str = "#8a857c";

/// Indices of the candidates with a named line: those with the largest chance after any round.
pub(super) fn named<N>(candidates: &[Candidate<N>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|a, b| {
        let best = |index: &usize| candidates[*index].best_chance();
        best(b).total_cmp(&best(a))
    });
    order.retain(|index| candidates[*index].best_chance() >= WORTH_A_LINE);
    order.truncate(NAMED);
    order.sort_unstable();
    order
}

/// The chart; `named` are the indices of the candidates with a name.
pub(super) fn lines<N>(
    heading: &str,
    candidates: &[Candidate<N>],
    named: &[usize],
    stage: Stage,
) -> Lines {
    let series = |index: usize, style: Style| Series {
        long: candidates[index].long.clone(),
        short: candidates[index].short.clone(),
        points: candidates[index]
            .rounds
            .iter()
            .map(|odds| (f64::from(odds.after_round), 100.0 * odds.chance))
            .collect(),
        style,
    };
    let faint = (0..candidates.len())
        .filter(|index| !named.contains(index))
        .map(|index| series(index, Style::Faint));
    let coloured = named.iter().enumerate().rev().map(|(rank, index)| {
        let team = &candidates[*index].team;
        let colour = team.colour.as_deref().and_then(colour::visible);
        let before = named.get(..rank).unwrap_or_default();
        let second = before
            .iter()
            .any(|other| candidates[*other].team.key == team.key);
        series(
            *index,
            Style::Team {
                colour: colour.unwrap_or_else(|| NO_COLOUR.to_owned()),
                second,
            },
        )
    });
    let Stage {
        round, last: all, ..
    } = stage;
    let step = if all > 12 { 4 } else { 2 };
    let rounds = (1..=all)
        .filter(|round| *round == 1 || round % step == 0)
        .map(|round| (f64::from(round), round.to_string()));
    let shares = [0_u8, 25, 50, 75, 100].map(|share| (f64::from(share), share.to_string()));
    Lines::from(Chart {
        title: format!("{heading}: chance of the title after each round, in per cent"),
        description: format!(
            "Rounds 1 to {round} of {all}. Named: the {} closest to the title. The table below has the figures.",
            named.len()
        ),
        x: Axis {
            from: 1.0,
            to: f64::from(all.max(2)),
            ticks: rounds.collect(),
        },
        y: Axis {
            from: 0.0,
            to: 100.0,
            ticks: shares.into(),
        },
        series: faint.chain(coloured).collect(),
        split: None,
    })
}
