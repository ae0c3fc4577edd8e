//! A simulated racing series, for demonstrations and for tests.
//!
//! A [`Championship`] is simulated from a seed around a given instant; its people, teams and circuits are fictional.
//! Cars and drivers have strengths that persist from race to race and drift slowly, so a forecast made from earlier
//! results is better than a guess.
//! The outcome is a [`Release`] in the CSV format of F1DB, which is loaded exactly as a real one is.
//! The module `server`, behind the feature of the same name, publishes it as F1DB, Jolpica-F1 and `OpenF1` would.

mod release;
#[cfg(feature = "server")]
pub mod server;
mod simulation;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use simulation::{MOST_ROUNDS, Until};

pub use release::Release;

/// The shape of a simulated championship. The same shape always gives the same release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Championship {
    /// Seed of everything that is drawn at random.
    pub seed: u64,
    /// Seasons up to the running one, 1 to 10.
    pub seasons: u16,
    /// Rounds of a season, 4 to 24.
    pub rounds: u16,
    /// Rounds of a season that have a sprint, at most all.
    pub sprints: u16,
    /// Teams of two cars, 3 to 10.
    pub teams: usize,
    /// The instant of the release: after qualifying for a round of the newest season, before its race.
    pub now: DateTime<Utc>,
}

impl Championship {
    /// Three seasons of the usual size.
    #[must_use]
    pub fn standard(now: DateTime<Utc>) -> Self {
        Self {
            seed: 1,
            seasons: 3,
            rounds: 22,
            sprints: 6,
            teams: 10,
            now,
        }
    }

    /// The smallest championship in which every kind of row occurs.
    #[must_use]
    pub fn small(now: DateTime<Utc>) -> Self {
        Self {
            seed: 1,
            seasons: 2,
            rounds: 4,
            sprints: 1,
            teams: 5,
            now,
        }
    }

    /// The release at `now`. A shape that is out of range is brought to the nearest one in range.
    #[must_use]
    pub fn release(&self) -> Release {
        self.simulate(Until::Now)
    }

    /// The release when the newest season is over: `release` and what happens after `now`. Nothing that happened before
    /// `now` differs.
    #[must_use]
    pub fn complete(&self) -> Release {
        self.simulate(Until::EndOfSeason)
    }

    fn simulate(self, until: Until) -> Release {
        let shape = self.in_range();
        let (field, seasons) = simulation::run(shape, until);
        Release::of(&field, &seasons, shape.rounds)
    }

    fn in_range(self) -> Self {
        let rounds = self.rounds.clamp(4, MOST_ROUNDS);
        Self {
            seasons: self.seasons.clamp(1, 10),
            rounds,
            sprints: self.sprints.min(rounds),
            teams: self.teams.clamp(3, 10),
            ..self
        }
    }
}
