//! A journey through a season: its instants, and a tick at each.

use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike as _, NaiveTime, TimeDelta, Utc, Weekday};
use demo::{Championship, server::UpstreamServer};
use etl::tick::{self, Chore, Ticked, When};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::common::{self, replay::Replay};

/// The size of a journey.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    /// Rounds of the real season.
    pub(crate) rounds: i16,
    /// Seed of which requests fail and when processes are killed.
    pub(crate) seed: u64,
    /// The number of processes to kill.
    pub(crate) kills: usize,
}

impl Scale {
    fn of_environment() -> Self {
        let number = |name: &str, otherwise: u64| {
            std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
        };
        Self {
            rounds: number("F1_SEASON_ROUNDS", 1).try_into().unwrap(),
            seed: number("F1_SEASON_SEED", 1),
            kills: number("F1_SEASON_KILLS", 3).try_into().unwrap(),
        }
    }
}

/// What each tick does.
pub(crate) const CHORES: &[Chore] = &[
    Chore::Release,
    Chore::Calendar,
    Chore::Sessions,
    Chore::Corrections,
];

/// The server that stands in for the upstreams.
pub(crate) enum Upstream {
    /// Real data.
    Real(Replay),
    /// The demo championship.
    Demo(UpstreamServer),
}

impl Upstream {
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Real(replay) => replay.address().to_owned(),
            Self::Demo(demo) => demo.url(),
        }
    }

    pub(crate) async fn set_now(&self, now: DateTime<Utc>) {
        match self {
            Self::Real(replay) => replay.set_now(now).await,
            Self::Demo(demo) => demo.set_now(now),
        }
    }

    pub(crate) async fn faults(&self, seed: u64, rate: f64) {
        match self {
            Self::Real(replay) => replay.faults(seed, rate).await,
            Self::Demo(demo) => demo.set_faults(seed, rate),
        }
    }
}

/// A season, from the release before it on.
pub(crate) struct Journey {
    pub(crate) name: &'static str,
    pub(crate) upstream: Upstream,
    pub(crate) scale: Scale,
    pub(crate) season: i16,
    /// The number of rounds that are played.
    pub(crate) rounds: i16,
    begin: DateTime<Utc>,
    end: DateTime<Utc>,
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The Wednesday after each race of 2024, when its release has come out.
const AFTER_ROUND_2024: [&str; 24] = [
    "03-06", "03-13", "03-27", "04-10", "04-24", "05-08", "05-22", "05-29", "06-12", "06-26",
    "07-03", "07-10", "07-24", "07-31", "08-28", "09-04", "09-18", "09-25", "10-23", "10-30",
    "11-06", "11-27", "12-04", "12-11",
];

impl Journey {
    /// Season 2024, if the shared folder exists.
    pub(crate) fn real() -> Option<Self> {
        let scale = Scale::of_environment();
        let last = AFTER_ROUND_2024[usize::try_from(scale.rounds).unwrap() - 1];
        let begin = instant("2024-02-27T12:00:00Z");
        let replay = Replay::start(&["--today", &begin.format("%Y-%m-%dT%H:%M").to_string()])?;
        Some(Self {
            name: "2024",
            upstream: Upstream::Real(replay),
            scale,
            season: 2024,
            rounds: scale.rounds,
            begin,
            end: instant(&format!("2024-{last}T12:00:00Z")),
        })
    }

    /// The newest season of the demo championship.
    pub(crate) fn demo() -> Self {
        // The season before must have enough finishers to fit a model.
        let championship = Championship {
            rounds: 8,
            sprints: 4,
            ..Championship::small(common::now())
        };
        let begin = instant("2026-02-10T12:00:00Z");
        let upstream = UpstreamServer::start(&championship, begin);
        let rounds = 2;
        let last = upstream.end_of(2026, rounds, schema::SessionKind::Race);
        Self {
            name: "demo",
            upstream: Upstream::Demo(upstream),
            scale: Scale::of_environment(),
            season: 2026,
            rounds,
            begin,
            end: last + TimeDelta::days(3),
        }
    }

    /// Every hour from Friday to Sunday, and noon of every other day.
    pub(crate) fn instants(&self) -> Vec<DateTime<Utc>> {
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
        let is_wanted = |now: &DateTime<Utc>| {
            let is_hourly = matches!(now.weekday(), Weekday::Fri | Weekday::Sat | Weekday::Sun);
            (is_hourly || now.time() == noon) && self.is_near_a_race(*now)
        };
        let hours = (0..).map(|hours| self.begin + TimeDelta::hours(hours));
        hours
            .take_while(|now| *now <= self.end)
            .filter(is_wanted)
            .collect()
    }

    /// Whether an instant is close to a race of the demo season. Nothing happens in between.
    fn is_near_a_race(&self, now: DateTime<Utc>) -> bool {
        let Upstream::Demo(demo) = &self.upstream else {
            return true;
        };
        (1..=self.rounds).any(|round| {
            let race = demo.start_of(self.season, round, schema::SessionKind::Race);
            (now - race).abs() < TimeDelta::days(4)
        })
    }

    /// Loads the release before the season and makes its forecasts.
    pub(crate) async fn prepare(&self, pool: &PgPool) {
        let ticked = self.tick(pool, self.begin).await;
        assert_eq!(ticked.failed, Vec::<String>::new());
    }

    /// Runs a tick at every instant, and returns how long each took.
    pub(crate) async fn run(&self, pool: &PgPool) -> Vec<Duration> {
        let mut took = Vec::new();
        for now in self.instants() {
            let begun = Instant::now();
            let ticked = self.tick(pool, now).await;
            took.push(begun.elapsed());
            assert_eq!(ticked.failed, Vec::<String>::new(), "{now}");
        }
        took
    }

    /// Runs a tick at every instant, repeated until nothing fails, and returns the number of repetitions.
    pub(crate) async fn run_until_it_succeeds(&self, pool: &PgPool) -> usize {
        let mut repeated = 0;
        for now in self.instants() {
            while !self.tick(pool, now).await.failed.is_empty() {
                repeated += 1;
                assert!(repeated < 1000, "{now}: the tick never succeeds");
            }
        }
        repeated
    }

    /// Scores the forecasts and simulates the titles, once at the end. This takes longer than everything else, and too long
    /// for a part of the real season.
    pub(crate) async fn score(&self, pool: &PgPool) {
        if matches!(self.upstream, Upstream::Real(_)) && self.rounds < 24 {
            return;
        }
        let ticked = self.do_chores(pool, self.end, &[Chore::Scores]).await;
        assert_eq!((ticked.done, ticked.failed), (2, Vec::new()));
    }

    pub(crate) async fn tick(&self, pool: &PgPool, now: DateTime<Utc>) -> Ticked {
        self.do_chores(pool, now, CHORES).await
    }

    async fn do_chores(&self, pool: &PgPool, now: DateTime<Utc>, chores: &[Chore]) -> Ticked {
        self.upstream.set_now(now).await;
        let ctx = common::context_of(pool, now, &self.upstream.address());
        tick::run(&ctx, chores, When::Due, &CancellationToken::new())
            .await
            .unwrap()
    }
}

/// Copies a database. Returns the original and the copy, both open.
pub(crate) async fn copy(pool: PgPool, suffix: &str) -> (PgPool, PgPool) {
    let options = (*pool.connect_options()).clone();
    let name = options.get_database().unwrap().to_owned();
    pool.close().await;
    let admin = PgPool::connect_with(options.clone().database("postgres"))
        .await
        .unwrap();
    let copied = format!("{}_{suffix}", &name[..name.len().min(50)]);
    for statement in [
        format!("DROP DATABASE IF EXISTS \"{copied}\""),
        format!("CREATE DATABASE \"{copied}\" TEMPLATE \"{name}\""),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&admin)
            .await
            .unwrap();
    }
    admin.close().await;
    let copy = PgPool::connect_with(options.clone().database(&copied));
    let original = PgPool::connect_with(options);
    (original.await.unwrap(), copy.await.unwrap())
}
