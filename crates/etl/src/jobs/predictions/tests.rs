use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use demo::Championship;
use schema::Clock;
use sqlx::PgPool;

use super::*;
use crate::{
    Sources,
    jobs::load,
    sources::{f1db::Release, http::Http},
};

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_race_that_starts_while_it_is_predicted_gets_no_live_prediction(pool: PgPool) {
    let now: DateTime<Utc> = "2026-06-10T14:00:00Z".parse().unwrap();
    let nowhere = "http://127.0.0.1:9".parse().unwrap();
    let at = |now| Context {
        pool: pool.clone(),
        sources: Sources::below(&nowhere).unwrap(),
        http: Http::pausing(Duration::from_millis(1)).unwrap(),
        clock: Clock::starting_at(Some(now), 0.0),
        job_run: None,
    };
    let release = Championship::small(now).release();
    let packed = Release {
        tag: release.tag.clone(),
        url: "test:".to_owned(),
        etag: None,
        bytes: release.zip().unwrap(),
    };
    let ctx = at(now);
    load::load_release(&ctx, "f1db", &packed).await.unwrap();
    let mut transaction = ctx.begin().await.unwrap();
    let history = History::read(&mut transaction).await.unwrap();
    let training = TrainingSets::new(&history.weekends, &history.fields);
    let stored = StoredPredictions::read(&mut transaction, None, now)
        .await
        .unwrap();
    let live = |start: Option<DateTime<Utc>>| {
        let mut targets = targets(&history, Which::default(), now, &stored);
        targets.retain(|target| start.map_or(target.start > now, |start| target.start == start));
        targets
    };
    let start = live(None).iter().map(|target| target.start).min().unwrap();
    for (made_at, is_in_time) in [(start, false), (start - TimeDelta::milliseconds(1), true)] {
        let summary = predict(
            &mut transaction,
            &at(made_at),
            &training,
            now,
            live(Some(start)),
        )
        .await;
        assert_eq!(summary.unwrap().made > 0, is_in_time, "{made_at}");
    }
}
