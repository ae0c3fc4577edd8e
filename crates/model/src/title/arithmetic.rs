//! What the points that are left allow, exactly.

use super::{MOST_POINTS, Race, TitleError, hundredths, within};

/// What the points that are left say of a driver or a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Champion whatever happens: nobody else can reach the points or, with equal points, draw level on count-back.
    Clinched,
    /// Champion, or level in everything with the champion, after winning all that is left while nobody else scores.
    Possible,
    /// Somebody else stays ahead even then.
    Impossible,
}

/// What the points that are left say, in the order of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The drivers' title.
    pub drivers: Vec<Standing>,
    /// The teams' title.
    pub teams: Vec<Standing>,
}

/// A championship so far; its entrants are drivers or teams.
pub(super) struct Table {
    /// Hundredths.
    pub(super) points: Vec<i64>,
    /// How often each place was taken, all of the same length, so that count-back is comparing them.
    finishes: Vec<Vec<u32>>,
    /// The most cars that can score for the entrant in one event.
    cars: Vec<usize>,
}

impl Table {
    /// `places` is the worst place that anybody can take.
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
            within("a sum of points", so_far, -MOST_POINTS..=MOST_POINTS)?;
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

    /// Compares everybody at best, winning all that is left, with everybody else as of now.
    pub(super) fn settled(&self, races: &[Race]) -> Vec<Standing> {
        let now = |entrant: usize| (self.points[entrant], &self.finishes[entrant]);
        let best: Vec<(i64, Vec<u32>)> = (0..self.points.len())
            .map(|entrant| self.at_best(entrant, races))
            .collect();
        let others = |entrant: usize| (0..best.len()).filter(move |other| *other != entrant);
        let standing = |entrant: usize| {
            let (points, finishes) = &best[entrant];
            if others(entrant).any(|other| now(other) > (*points, finishes)) {
                return Standing::Impossible;
            }
            if others(entrant).all(|other| now(entrant) > (best[other].0, &best[other].1)) {
                return Standing::Clinched;
            }
            Standing::Possible
        };
        (0..best.len()).map(standing).collect()
    }

    /// Points and places after taking the best places of all `races`, with every bonus. Nothing beats it in either.
    fn at_best(&self, entrant: usize, races: &[Race]) -> (i64, Vec<u32>) {
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

    /// Leaves in `leaders` who wins with these final `points`: several only if they are level in count-back, too.
    /// `added` are the places taken since, with the entrants that took them; it is looked at only in a tie.
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

impl Race {
    /// The most that one entrant with so many cars can score, in hundredths.
    fn most(&self, cars: usize) -> i64 {
        let mut scoring = self.scoring.clone();
        scoring.sort_unstable_by(|a, b| b.cmp(a));
        let bonus = self.bonus.as_ref().map_or(0, |bonus| bonus.points);
        scoring.iter().take(cars).sum::<i64>() + bonus
    }
}
