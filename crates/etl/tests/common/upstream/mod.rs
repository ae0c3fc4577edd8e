//! The demo championship as upstream: one server that speaks as F1DB's releases, Jolpica-F1 and `OpenF1` do, with a clock
//! that withholds what has not happened.
//!
//! `world` is the championship and how it can still change, `tables` what a correction does to results and standings,
//! `clock` when sessions happen; `f1db`, `jolpica` and `openf1` tell it in their own shapes; `faults` is what goes wrong on
//! the way. A season is served from the February before it; one that is run over a new year is not.

mod calendar;
mod classification;
mod clock;
mod f1db;
mod faults;
mod jolpica;
mod laps;
mod openf1;
mod results;
mod server;
mod sheet;
mod tables;
mod world;

use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, TimeDelta, Utc};
use etl::demo::Championship;
use reqwest::Url;
use schema::SessionKind;

use faults::Faults;
use server::{Desk, Server};
use world::{Change, What, World};

/// Who can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Service {
    F1db,
    Jolpica,
    OpenF1,
}

/// How often each was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Requests {
    pub(crate) f1db: u32,
    pub(crate) jolpica: u32,
    pub(crate) openf1: u32,
}

/// The rounds after a weekend that is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LaterRounds {
    /// The cancelled one leaves a gap.
    Kept,
    Renumbered,
}

/// A running server. It has a thread of its own, so programs that a test starts can ask it too.
///
/// Rounds are those of the first calendar throughout: what changes later does not change what they name here.
pub(crate) struct DemoUpstream {
    server: Server,
    desk: Arc<Mutex<Desk>>,
}

impl DemoUpstream {
    /// Serves a championship whose newest season is played to its end, at an instant.
    pub(crate) fn start(championship: Championship, now: DateTime<Utc>) -> Self {
        let planned = World::new(&championship.complete());
        let desk = Arc::new(Mutex::new(Desk::new(planned, now)));
        Self {
            server: Server::start(desk.clone()),
            desk,
        }
    }

    /// The server's address; the services are below it as `etl::Sources::below` expects.
    pub(crate) fn url(&self) -> Url {
        format!("http://{}/", self.server.address).parse().unwrap()
    }

    /// The base of a service.
    pub(crate) fn service(&self, service: Service) -> Url {
        let path = match service {
            Service::F1db => "f1db/f1db",
            Service::Jolpica => "ergast/f1",
            Service::OpenF1 => "v1",
        };
        self.url().join(path).unwrap()
    }

    /// Puts the clock; it stands still in between.
    pub(crate) fn set_now(&self, now: DateTime<Utc>) {
        self.desk().now = now;
    }

    /// Lets a share of the answers fail, 0 to 1. The n-th request for one URL meets the same fate under one seed.
    pub(crate) fn faults(&self, seed: u64, rate: f64) {
        self.desk().faults = Faults::new(seed, rate);
    }

    /// Answers 503 to everything, or no longer.
    pub(crate) fn down(&self, is_down: bool) {
        self.desk().down = is_down;
    }

    /// Answers as of an earlier instant, or again as of now. `OpenF1` is closed by the real time all the same.
    pub(crate) fn stale(&self, at: Option<DateTime<Utc>>) {
        self.desk().stale = at;
    }

    /// How often the services were asked so far, failures included.
    pub(crate) fn requests(&self) -> Requests {
        self.desk().requests
    }

    /// When a session begins, as it is known now.
    pub(crate) fn start_of(&self, year: i16, round: i16, kind: SessionKind) -> DateTime<Utc> {
        self.session(year, round, kind).start
    }

    /// When a session is over, as it is known now.
    pub(crate) fn end_of(&self, year: i16, round: i16, kind: SessionKind) -> DateTime<Utc> {
        self.session(year, round, kind).end()
    }

    /// Takes a car out of a Grand Prix result from an instant on: those behind move up, the standings follow.
    pub(crate) fn disqualify(&self, at: DateTime<Utc>, year: i16, round: i16, driver: &str) {
        let driver = driver.to_owned();
        self.change(at, year, round, What::Disqualified { driver });
    }

    /// Cancels a weekend from an instant on: what had not ended by then does not happen.
    pub(crate) fn cancel(&self, at: DateTime<Utc>, year: i16, round: i16, later: LaterRounds) {
        let renumbered = later == LaterRounds::Renumbered;
        self.change(at, year, round, What::Cancelled { renumbered });
    }

    /// Moves a whole weekend from an instant on; rounds stay in the order of time.
    pub(crate) fn postpone(&self, at: DateTime<Utc>, year: i16, round: i16, by: TimeDelta) {
        self.change(at, year, round, What::Postponed { by });
    }

    /// Lets a service never publish a session's lists; its grid is one of them, and of a race its standings.
    pub(crate) fn hide(&self, service: Service, year: i16, round: i16, kind: SessionKind) {
        let mut desk = self.desk();
        let race = race_id(&desk.planned, year, round);
        desk.hide(service, race, kind);
    }

    /// Lets a service hear of changes so much later.
    pub(crate) fn late(&self, service: Service, by: TimeDelta) {
        self.desk().late.insert(service, by);
    }

    fn change(&self, at: DateTime<Utc>, year: i16, round: i16, what: What) {
        let mut desk = self.desk();
        let race = race_id(&desk.planned, year, round);
        desk.add(Change { at, race, what });
    }

    fn session(&self, year: i16, round: i16, kind: SessionKind) -> clock::Session {
        let mut desk = self.desk();
        let (race, now) = (race_id(&desk.planned, year, round), desk.now);
        let world = desk.world(Service::Jolpica, now);
        let session = world.race(&race).session(kind);
        session.unwrap_or_else(|| panic!("{year} round {round} has no {kind}"))
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap()
    }
}

fn race_id(world: &World, year: i16, round: i16) -> String {
    let races = world.races().into_iter();
    let mut found = races.filter(|race| (race.year, race.round) == (year, round));
    let race = found.next();
    race.unwrap_or_else(|| panic!("no round {round} in {year}"))
        .id
        .to_owned()
}

/// `25.004`, `1:25.004` or `1:01:25.004`.
fn clock_text(millis: i64) -> String {
    let (hours, minutes) = (millis / 3_600_000, millis / 60_000 % 60);
    let (seconds, rest) = (millis / 1000 % 60, millis % 1000);
    match (hours, minutes) {
        (0, 0) => format!("{seconds}.{rest:03}"),
        (0, _) => format!("{minutes}:{seconds:02}.{rest:03}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}.{rest:03}"),
    }
}
