//! Exact arithmetic of the titles: clinched, possible or impossible with the points that are left.

use super::{
    TitleError,
    season::{MAX_POINTS, SimulatedRace, check_range, hundredths},
};

/// Whether a driver or a team can still win the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TitleStatus {
    /// Champion whatever happens: no other entrant can reach the points or, with equal points, draw level on count-back.
    Clinched,
    /// Champion, or level on points and count-back with the champion, after taking the best places of all remaining races
    /// while no other entrant scores.
    Possible,
    /// Another entrant stays ahead even then.
    Impossible,
}

/// Title statuses, in the order of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleStatuses {
    /// The drivers' title.
    pub drivers: Vec<TitleStatus>,
    /// The teams' title.
    pub teams: Vec<TitleStatus>,
}

/// The table of a championship, whose entrants are drivers or teams.
pub(super) struct ChampionshipTable {
    /// Hundredths of points by entrant.
    pub(super) points: Vec<i64>,
    /// Number of times each place was taken, by entrant. All have the same length, so that comparing them is count-back.
    finishes: Vec<Vec<u32>>,
    /// Largest number of cars that can score for each entrant in one race.
    cars: Vec<usize>,
}

impl ChampionshipTable {
    /// `places` is the lowest place that any car can take.
    pub(super) fn new<'a>(
        entrants: impl Iterator<Item = (f64, &'a [u16])> + Clone,
        cars: Vec<usize>,
        places: usize,
    ) -> Result<Self, TitleError> {
        let places = entrants
            .clone()
            .map(|(_, finishes)| finishes.len())
            .chain(cars.iter().copied())
            .fold(places, usize::max);
        let (mut points, mut counts) = (Vec::new(), Vec::new());
        for (so_far, finishes) in entrants {
            check_range("a sum of points", so_far, -MAX_POINTS..=MAX_POINTS)?;
            points.push(hundredths(so_far));
            let mut count: Vec<u32> = finishes.iter().copied().map(u32::from).collect();
            count.resize(places, 0);
            counts.push(count);
        }
        Ok(Self {
            points,
            finishes: counts,
            cars,
        })
    }

    /// Compares the best case of each entrant with the current state of the others, and the reverse.
    pub(super) fn statuses(&self, races: &[SimulatedRace]) -> Vec<TitleStatus> {
        let now = |entrant: usize| (self.points[entrant], &self.finishes[entrant]);
        let best: Vec<(i64, Vec<u32>)> = (0..self.points.len())
            .map(|entrant| self.at_best(entrant, races))
            .collect();
        let others = |entrant: usize| (0..best.len()).filter(move |other| *other != entrant);
        let status = |entrant: usize| {
            let (points, finishes) = &best[entrant];
            if others(entrant).any(|other| now(other) > (*points, finishes)) {
                return TitleStatus::Impossible;
            }
            if others(entrant).all(|other| now(entrant) > (best[other].0, &best[other].1)) {
                return TitleStatus::Clinched;
            }
            TitleStatus::Possible
        };
        (0..best.len()).map(status).collect()
    }

    /// Points and finishes of an entrant after taking the best places and the bonus of all `races`: an upper bound of both.
    fn at_best(&self, entrant: usize, races: &[SimulatedRace]) -> (i64, Vec<u32>) {
        let cars = self.cars[entrant];
        let (mut points, mut finishes) = (self.points[entrant], self.finishes[entrant].clone());
        for race in races {
            points += race.most(cars);
            for count in finishes.iter_mut().take(cars) {
                *count += u32::from(race.full);
            }
        }
        (points, finishes)
    }

    /// Replaces `leaders` with the champions for final `points`; there are several only if they are level on count-back too.
    /// `added` has the places taken in the remaining races, each with its entrant, and is consumed only in a tie.
    pub(super) fn champions(
        &self,
        points: &[i64],
        added: impl Iterator<Item = (usize, usize)>,
        leaders: &mut Vec<usize>,
    ) {
        leaders.clear();
        let mut most = i64::MIN;
        for (entrant, points) in points.iter().enumerate() {
            if *points > most {
                leaders.clear();
                most = *points;
            }
            if *points == most {
                leaders.push(entrant);
            }
        }
        if leaders.len() < 2 {
            return;
        }
        let mut finishes: Vec<Vec<u32>> = leaders
            .iter()
            .map(|entrant| self.finishes[*entrant].clone())
            .collect();
        for (place, entrant) in added {
            if let Ok(leader) = leaders.binary_search(&entrant) {
                finishes[leader][place] += 1;
            }
        }
        let best = finishes.iter().max();
        let mut level = finishes.iter().map(|count| Some(count) == best);
        leaders.retain(|_| level.next() == Some(true));
    }
}

impl SimulatedRace {
    /// Largest score of one entrant with this many cars, in hundredths of points.
    fn most(&self, cars: usize) -> i64 {
        let mut scoring = self.scoring.clone();
        scoring.sort_unstable_by(|a, b| b.cmp(a));
        let bonus = self.bonus.as_ref().map_or(0, |bonus| bonus.points);
        scoring.iter().take(cars).sum::<i64>() + bonus
    }
}
