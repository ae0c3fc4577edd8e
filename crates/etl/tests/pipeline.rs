//! The pipeline, tick by tick, over the demo championship as upstream.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

#[path = "pipeline/changes.rs"]
mod changes;
#[path = "pipeline/clock.rs"]
mod clock;
mod common;
#[path = "pipeline/silence.rs"]
mod silence;
#[path = "pipeline/trouble.rs"]
mod trouble;
#[path = "pipeline/weekends.rs"]
mod weekends;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use common::{
    upstream::DemoUpstream,
    watch::{Step, Watch},
};
use etl::{demo::Championship, tick::Task};
use schema::SessionKind;
use sqlx::PgPool;

/// Everything but scores and title odds, which say nothing of a weekend and take long.
const TASKS: &[Task] = &[
    Task::Release,
    Task::Calendar,
    Task::Sessions,
    Task::Corrections,
];

/// Two seasons of six rounds with five teams; rounds 3 and 6 have a sprint, and the newest season is placed around a
/// June.
struct Season {
    year: i16,
    upstream: DemoUpstream,
    watch: Watch,
}

impl Season {
    /// With the release that was out three days before a round.
    async fn before(pool: &PgPool, year: i16, round: i16) -> Self {
        let now = Utc.with_ymd_and_hms(i32::from(year), 6, 10, 14, 0, 0);
        let championship = Championship {
            rounds: 6,
            sprints: 2,
            ..Championship::small(now.unwrap())
        };
        let upstream = DemoUpstream::start(championship, championship.now);
        let watch = Watch::new(pool, upstream.url().as_str());
        let mut season = Self {
            year,
            upstream,
            watch,
        };
        let start = season.start(round, SessionKind::Practice1) - TimeDelta::days(3);
        let step = season
            .tick_for(start, &[Task::Release, Task::Calendar])
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
        self.tick_for(now, TASKS).await
    }

    async fn tick_for(&mut self, now: DateTime<Utc>, tasks: &[Task]) -> Step {
        self.upstream.set_now(now);
        self.watch.tick(now, tasks).await
    }

    async fn status(&self, round: i16) -> String {
        self.watch.status(self.year, round).await
    }

    async fn held(&self, round: i16) -> Vec<String> {
        self.watch.held(self.year, round).await
    }
}
