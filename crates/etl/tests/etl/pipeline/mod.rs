//! The pipeline tick by tick, with the demo server as upstreams.

mod changes;
mod clock;
mod silence;
mod trouble;
mod weekends;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use demo::{Championship, server::UpstreamServer};
use etl::tick::Chore;
use schema::SessionKind;
use sqlx::PgPool;

use crate::common::watch::{Step, Watch};

/// Everything but scores and title odds, which take long and do not concern a weekend.
const CHORES: &[Chore] = &[
    Chore::Release,
    Chore::Calendar,
    Chore::Sessions,
    Chore::Corrections,
];

/// Two seasons of six rounds with five teams. Rounds 3 and 6 have a sprint; the newest season is placed around June.
struct Season {
    year: i16,
    upstream: UpstreamServer,
    watch: Watch,
}

impl Season {
    /// A database with the release and the calendar of three days before a round.
    async fn before(pool: &PgPool, year: i16, round: i16) -> Self {
        let now = Utc.with_ymd_and_hms(i32::from(year), 6, 10, 14, 0, 0);
        let championship = Championship {
            rounds: 6,
            sprints: 2,
            ..Championship::small(now.unwrap())
        };
        let upstream = UpstreamServer::start(&championship, championship.now);
        let watch = Watch::new(pool, &upstream.url());
        let mut season = Self {
            year,
            upstream,
            watch,
        };
        let start = season.start(round, SessionKind::Practice1) - TimeDelta::days(3);
        let step = season
            .tick_for(start, &[Chore::Release, Chore::Calendar])
            .await;
        assert_eq!(step.ticked.failed, Vec::<String>::new());
        season
    }

    fn start(&self, round: i16, kind: SessionKind) -> DateTime<Utc> {
        self.upstream.start_of(self.year, round, kind)
    }

    fn end(&self, round: i16, kind: SessionKind) -> DateTime<Utc> {
        self.upstream.end_of(self.year, round, kind)
    }

    async fn tick(&mut self, now: DateTime<Utc>) -> Step {
        self.tick_for(now, CHORES).await
    }

    async fn tick_for(&mut self, now: DateTime<Utc>, chores: &[Chore]) -> Step {
        self.upstream.set_now(now);
        self.watch.tick(now, chores).await
    }

    async fn status(&self, round: i16) -> String {
        self.watch.status(self.year, round).await
    }

    async fn stored(&self, round: i16) -> Vec<String> {
        self.watch.stored(self.year, round).await
    }
}
