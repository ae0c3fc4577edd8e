//! Championship standings: points, count-back, and when a title is decided.

use std::{cmp::Reverse, collections::BTreeMap};

/// A contender's place after a round. Contenders are drivers or teams, known by `K`.
#[derive(Clone)]
pub(crate) struct Standing<K> {
    pub(crate) contender: K,
    /// Shared by contenders who are level in points and in every count-back.
    pub(crate) position: u16,
    pub(crate) points: u32,
    /// Places gained since the previous round; null after the first round.
    pub(crate) gained: Option<i32>,
    /// Whether no other contender can catch up any more.
    pub(crate) champion: bool,
}

/// The running score of one championship in one season.
pub(crate) struct Standings<K> {
    scores: BTreeMap<K, Score>,
    positions: BTreeMap<K, u16>,
    rounds: u16,
    /// Whether an earlier round decided the title.
    decided: bool,
}

#[derive(Default)]
struct Score {
    points: u32,
    /// How often each place was taken in Grands Prix, the first place first.
    places: Vec<u16>,
}

impl<K: Ord + Clone> Standings<K> {
    /// The standings before the first round.
    pub(crate) fn new() -> Self {
        Self {
            scores: BTreeMap::new(),
            positions: BTreeMap::new(),
            rounds: 0,
            decided: false,
        }
    }

    /// Adds points. A sprint gives points but no place in the count-back.
    pub(crate) fn add_points(&mut self, contender: K, points: u32) {
        self.scores.entry(contender).or_default().points += points;
    }

    /// Adds a classified finish of a Grand Prix to the count-back.
    pub(crate) fn add_place(&mut self, contender: K, position: u16) {
        let places = &mut self.scores.entry(contender).or_default().places;
        let index = usize::from(position) - 1;
        if places.len() <= index {
            places.resize(index + 1, 0);
        }
        places[index] += 1;
    }

    /// Closes a round, after which a contender can still score `remaining` points.
    /// Returns the standings, best first, and whether this round decided the title.
    pub(crate) fn close_round(&mut self, remaining: u32) -> (Vec<Standing<K>>, bool) {
        let mut standings = self.ranked();
        let lead = match standings.as_slice() {
            [first, second, ..] => first.points - second.points,
            _ => 0,
        };
        let is_decided = remaining == 0 || lead > remaining;
        if let Some(first) = standings.first_mut() {
            first.champion = is_decided;
        }
        self.rounds += 1;
        self.positions = standings
            .iter()
            .map(|standing| (standing.contender.clone(), standing.position))
            .collect();
        let decides = is_decided && !self.decided;
        self.decided = is_decided;
        (standings, decides)
    }

    /// All contenders who have scored or been classified.
    fn ranked(&self) -> Vec<Standing<K>> {
        let mut scores: Vec<_> = self
            .scores
            .iter()
            .filter(|(_, score)| score.points > 0 || !score.places.is_empty())
            .collect();
        scores.sort_by_key(|(_, score)| Reverse((score.points, &score.places)));
        let mut standings: Vec<Standing<K>> = Vec::new();
        let mut previous = None;
        for (order, (contender, score)) in (1..).zip(scores) {
            let key = (score.points, &score.places);
            let is_level = previous == Some(key);
            previous = Some(key);
            let position = standings
                .last()
                .filter(|_| is_level)
                .map_or(order, |standing| standing.position);
            standings.push(Standing {
                contender: contender.clone(),
                position,
                points: score.points,
                gained: self.gained(contender, position),
                champion: false,
            });
        }
        standings
    }

    /// A contender who was not in the standings before has gained nothing.
    fn gained(&self, contender: &K, position: u16) -> Option<i32> {
        let before = self.positions.get(contender).copied().unwrap_or(position);
        (self.rounds > 0).then(|| i32::from(before) - i32::from(position))
    }
}
