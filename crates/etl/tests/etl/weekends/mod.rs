//! Real weekends, session by session, with the replay server of the shared folder as upstreams.

mod archive;
mod corrections;
mod formats;

use chrono::{DateTime, Utc};
use etl::{jobs::load, tick::Chore};
use sqlx::PgPool;

use crate::common::{replay::Replay, script, watch::Watch};

/// A database as it was before a weekend, and the upstreams.
struct Eve {
    replay: Replay,
    watch: Watch,
}

impl Eve {
    /// A database with the release and the calendar of an instant. `None` without the shared folder.
    async fn of(pool: &PgPool, now: &str) -> Option<Self> {
        let now = instant(now);
        let archive = archive::recent().and_then(|path| path.to_str());
        let minute = now.format("%Y-%m-%dT%H:%M").to_string();
        let arguments = ["--today", &minute, "--f1db", archive.unwrap_or_default()];
        let replay = Replay::start(&arguments)?;
        let mut watch = Watch::new(pool, replay.address());
        load::load(&watch.at(now), false).await.unwrap();
        let step = watch.tick(now, &[Chore::Calendar]).await;
        assert_eq!(step.ticked.failed, Vec::<String>::new());
        Some(Self { replay, watch })
    }

    /// Follows a script whose instants are a day of the month, hour and minute.
    async fn follow(&mut self, race: (i16, i16), month: &str, chores: &[Chore], script: &str) {
        let replay = &self.replay;
        let clock = async |words: &str| {
            let (day, time) = words.split_once(' ').unwrap();
            let now = instant(&format!("{month}-{day}T{time}:00Z"));
            replay.set_now(now).await;
            now
        };
        script::follow(&mut self.watch, race, chores, script, clock).await;
    }
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
