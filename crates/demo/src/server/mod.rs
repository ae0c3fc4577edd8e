//! A server that publishes a [`Championship`] as F1DB's releases, Jolpica-F1 and `OpenF1` do, with a clock that withholds
//! what has not happened yet.
//!
//! `scenario` is the championship and how it can change, `corrections` what a change does to results and standings,
//! `timetable` when sessions happen and releases come out; `f1db`, `jolpica` and `openf1` answer in the format of each
//! upstream from `state`; `faults` is what can go wrong with an `answer`.
//! A season is published from the February before it, so one that begins in December is not served correctly.
#![expect(
    clippy::unwrap_used,
    reason = "the server is for tests: a request or a release that it does not understand fails the test"
)]

mod answer;
mod corrections;
mod f1db;
mod faults;
mod http;
mod jolpica;
mod openf1;
mod scenario;
mod state;
mod table;
mod timetable;

use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, TimeDelta, Utc};
use vocabulary::{SessionKind, Upstream};

use crate::Championship;
use faults::Faults;
use http::HttpServer;
use scenario::{Change, ChangeKind, Scenario};
use state::State;

/// The number of requests to each upstream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// To F1DB.
    pub f1db: u32,
    /// To Jolpica-F1.
    pub jolpica: u32,
    /// To `OpenF1`.
    pub openf1: u32,
}

/// What becomes of the rounds after a cancelled one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaterRounds {
    /// They keep their numbers, and the cancelled one leaves a gap.
    Kept,
    /// They are renumbered.
    Renumbered,
}

/// A running server. It has a thread of its own, so it also answers programs that a test starts.
///
/// Rounds in its methods are those of the original calendar, before any change.
#[must_use = "it stops when it is dropped"]
pub struct UpstreamServer {
    http: HttpServer,
    state: Arc<Mutex<State>>,
}

impl UpstreamServer {
    /// Serves a championship, whose newest season is played to its end, at an instant.
    pub fn start(championship: &Championship, now: DateTime<Utc>) -> Self {
        let planned = Scenario::new(&championship.complete());
        let state = Arc::new(Mutex::new(State::new(planned, now)));
        Self {
            http: HttpServer::start(state.clone()),
            state,
        }
    }

    /// The server's URL. The upstreams are below it at the paths of the public services, as `--upstream` expects.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.http.address)
    }

    /// The base URL of an upstream.
    #[must_use]
    pub fn base(&self, upstream: Upstream) -> String {
        let path = match upstream {
            Upstream::F1db => "f1db/f1db",
            Upstream::Jolpica => "ergast/f1",
            Upstream::Openf1 => "v1",
        };
        self.url() + path
    }

    /// Sets the clock, which stands still otherwise.
    pub fn set_now(&self, now: DateTime<Utc>) {
        self.state().now = now;
    }

    /// Makes a share of the answers fail, 0 to 1. The n-th request for one URL meets the same fault under one seed.
    pub fn set_faults(&self, seed: u64, rate: f64) {
        self.state().faults = Faults::new(seed, rate);
    }

    /// Answers 503 to every request, or stops doing so.
    pub fn set_down(&self, is_down: bool) {
        self.state().down = is_down;
    }

    /// Answers as of an earlier instant, as a cache would, or as of the clock. Whether `OpenF1` is closed depends on the clock.
    pub fn set_stale(&self, at: Option<DateTime<Utc>>) {
        self.state().stale = at;
    }

    /// The number of requests so far, failed ones included.
    #[must_use]
    pub fn requests(&self) -> Requests {
        self.state().requests
    }

    /// The start of a session, as it is known now.
    #[must_use]
    pub fn start_of(&self, year: i16, round: i16, kind: SessionKind) -> DateTime<Utc> {
        self.session(year, round, kind).start
    }

    /// The end of a session, as it is known now.
    #[must_use]
    pub fn end_of(&self, year: i16, round: i16, kind: SessionKind) -> DateTime<Utc> {
        self.session(year, round, kind).end()
    }

    /// Disqualifies a driver from a Grand Prix, from an instant on: the cars behind move up, the standings follow.
    pub fn disqualify(&self, at: DateTime<Utc>, year: i16, round: i16, driver: &str) {
        let driver = driver.to_owned();
        self.change(at, year, round, ChangeKind::Disqualified { driver });
    }

    /// Cancels a weekend from an instant on: sessions that have not ended by then do not happen.
    pub fn cancel(&self, at: DateTime<Utc>, year: i16, round: i16, later: LaterRounds) {
        let renumbered = later == LaterRounds::Renumbered;
        self.change(at, year, round, ChangeKind::Cancelled { renumbered });
    }

    /// Moves a whole weekend, from an instant on. Rounds are renumbered in the order of time.
    pub fn postpone(&self, at: DateTime<Utc>, year: i16, round: i16, by: TimeDelta) {
        self.change(at, year, round, ChangeKind::Postponed { by });
    }

    /// Makes an upstream never publish the lists of a session, among them the grid that it decides or, after a race, the
    /// standings.
    pub fn hide(&self, upstream: Upstream, year: i16, round: i16, kind: SessionKind) {
        let mut state = self.state();
        let race = race_id(&state.planned, year, round);
        state.hide(upstream, race, kind);
    }

    /// Delays the changes of an upstream by a time.
    pub fn delay_changes(&self, upstream: Upstream, by: TimeDelta) {
        self.state().delays.insert(upstream, by);
    }

    fn change(&self, at: DateTime<Utc>, year: i16, round: i16, kind: ChangeKind) {
        let mut state = self.state();
        let race = race_id(&state.planned, year, round);
        state.add(Change { at, race, kind });
    }

    fn session(&self, year: i16, round: i16, kind: SessionKind) -> timetable::Session {
        let mut state = self.state();
        let (race, now) = (race_id(&state.planned, year, round), state.now);
        let scenario = state.scenario(Upstream::Jolpica, now);
        let session = scenario.race(&race).session(kind);
        session.unwrap_or_else(|| panic!("{year} round {round} has no {kind}"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

fn race_id(scenario: &Scenario, year: i16, round: i16) -> String {
    let races = scenario.races().into_iter();
    let mut found = races.filter(|race| (race.year, race.round) == (year, round));
    let race = found.next();
    race.unwrap_or_else(|| panic!("no round {round} in {year}"))
        .id
        .to_owned()
}
