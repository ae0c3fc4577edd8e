//! Championship tables: points, count-back, and when a title is settled.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A line of a table, best first.
#[derive(Clone)]
pub(super) struct Line {
    /// Index of the driver or team.
    pub(super) contender: usize,
    /// Shared by contenders who are level in every respect.
    pub(super) position: u16,
    pub(super) points: u32,
    /// Places gained since the round before; null after the first round.
    pub(super) gained: Option<i32>,
    /// True when nobody can catch up any more.
    pub(super) champion: bool,
}

/// The running score of one championship in one season.
#[derive(Default)]
pub(super) struct Championship {
    scores: BTreeMap<usize, Score>,
    positions: BTreeMap<usize, u16>,
    rounds: u16,
    /// The title has been settled in an earlier round.
    settled: bool,
}

#[derive(Default)]
struct Score {
    points: u32,
    /// How often each place was taken in Grands Prix, the first place first.
    places: Vec<u16>,
    classified: bool,
}

impl Championship {
    /// Adds points without a place for the count-back, as a sprint gives them.
    pub(super) fn add_points(&mut self, contender: usize, points: u32) {
        self.scores.entry(contender).or_default().points += points;
    }

    /// Adds a classified finish of a Grand Prix to the count-back.
    pub(super) fn add_place(&mut self, contender: usize, position: u16) {
        let score = self.scores.entry(contender).or_default();
        let index = usize::from(position) - 1;
        if score.places.len() <= index {
            score.places.resize(index + 1, 0);
        }
        score.places[index] += 1;
        score.classified = true;
    }

    /// Closes a round, after which a contender can still score `remaining` points.
    /// Returns the table, and whether this round settled the title.
    pub(super) fn close_round(&mut self, remaining: u32) -> (Vec<Line>, bool) {
        let mut lines = self.ranked();
        let lead = match lines.as_slice() {
            [first, second, ..] => first.points - second.points,
            _ => 0,
        };
        let settled = remaining == 0 || lead > remaining;
        if let Some(first) = lines.first_mut() {
            first.champion = settled;
        }
        self.rounds += 1;
        self.positions = lines
            .iter()
            .map(|line| (line.contender, line.position))
            .collect();
        let decided_now = settled && !self.settled;
        self.settled = settled;
        (lines, decided_now)
    }

    fn ranked(&self) -> Vec<Line> {
        let mut scores: Vec<_> = self
            .scores
            .iter()
            .filter(|(_, score)| score.classified || score.points > 0)
            .collect();
        scores.sort_by_key(|(_, score)| Reverse((score.points, &score.places)));
        let mut lines: Vec<Line> = Vec::new();
        let mut before = None;
        for (order, (contender, score)) in (1..).zip(scores) {
            let standing = (score.points, &score.places);
            let level = before == Some(standing);
            before = Some(standing);
            let position = lines
                .last()
                .filter(|_| level)
                .map_or(order, |line| line.position);
            lines.push(Line {
                contender: *contender,
                position,
                points: score.points,
                gained: self.gained(*contender, position),
                champion: false,
            });
        }
        lines
    }

    /// A newcomer to the table has gained nothing.
    fn gained(&self, contender: usize, position: u16) -> Option<i32> {
        let before = self.positions.get(&contender).copied().unwrap_or(position);
        (self.rounds > 0).then(|| i32::from(before) - i32::from(position))
    }
}
