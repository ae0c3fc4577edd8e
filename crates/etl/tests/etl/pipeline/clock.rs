//! Clocks that jump, repeated ticks and concurrent ticks: nothing is lost, and nothing is done twice.

use chrono::TimeDelta;
use etl::{
    jobs::predictions,
    tick::{self, When},
};
use schema::SessionKind;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::{CHORES, Season};
use crate::common::dumped;

/// The numbers of rows in tables that are only appended to.
const APPENDED: &str = "SELECT concat_ws(' ', (SELECT count(*) FROM predictions), (SELECT count(*) FROM model_fits), (SELECT count(*) FROM corrections),
                               (SELECT count(*) FROM published_lists))";

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn repeating_a_tick_changes_nothing(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 5).await;
    let race = season.end(5, SessionKind::Race);
    let instants = [
        season.end(5, SessionKind::Practice1) + TimeDelta::minutes(31),
        season.end(5, SessionKind::Qualifying),
        season.end(5, SessionKind::Qualifying) + TimeDelta::hours(2),
        race + TimeDelta::minutes(31),
        race + TimeDelta::hours(4),
    ];
    for at in instants {
        season.tick(at).await;
        // Laps are due once the result is stored.
        season.tick(at).await;
        let (content, appended) = (dumped(&pool).await, season.watch.value(APPENDED).await);
        let step = season.tick(at).await;
        assert_eq!(step.ticked.done, 0, "{at}: {:?}", step.news);
        let is_not_yet = |run: &String| run.ends_with(" not_yet");
        assert!(
            step.news.runs.iter().all(is_not_yet),
            "{at}: {:?}",
            step.news
        );
        assert_eq!(season.watch.value(APPENDED).await, appended);
        assert_eq!(dumped(&pool).await, content);
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_clock_that_jumps_loses_nothing(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 4).await;
    // From the Tuesday before round 4 to after qualifying of round 5.
    let far = season.end(5, SessionKind::Qualifying) + TimeDelta::hours(2);
    season.tick(far).await;
    season.tick(far).await;
    assert_eq!(season.status(4).await, "completed");
    assert_eq!(season.status(5).await, "qualifying_done");
    let (content, appended) = (dumped(&pool).await, season.watch.value(APPENDED).await);

    // The clock goes back by hours, then by days; that of the upstream does not.
    for hours in [3, 30, 24 * 6] {
        let step = season
            .watch
            .tick(far - TimeDelta::hours(hours), CHORES)
            .await;
        assert_eq!(step.ticked.failed, Vec::<String>::new());
        assert_eq!(
            (step.ticked.done, season.watch.value(APPENDED).await),
            (0, appended.clone()),
            "{hours} h back: {:?}",
            step.news
        );
        assert_eq!(dumped(&pool).await, content, "{hours} h back");
    }
    // A job that is run by hand adds nothing either: round 4 has a result, so there is no live forecast of it.
    let back = season.watch.at(far - TimeDelta::days(6));
    predictions::compute_all(&back, |_, _| {}).await.unwrap();
    assert_eq!(season.watch.value(APPENDED).await, appended);
    // The next ticks go on as if the clock had not jumped.
    let step = season.tick(far + TimeDelta::minutes(5)).await;
    assert_eq!(
        (step.ticked.done, dumped(&pool).await == content),
        (0, true),
        "{:?}",
        step.news
    );
    let race = season.end(5, SessionKind::Race);
    season.tick(race).await;
    assert_eq!(season.status(5).await, "completed");
    let twice = "SELECT count(*) FROM (SELECT 1 FROM predictions p JOIN prediction_drivers d ON d.prediction_id = p.id
                 GROUP BY race_id, p.contest, moment, kind, model_fit_id, scheduled_start, inputs_used, made_at, driver_id HAVING count(*) > 1) x";
    assert_eq!(season.watch.value(twice).await, "0");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn two_ticks_at_once_do_the_work_once(pool: PgPool) {
    let mut season = Season::before(&pool, 2026, 5).await;
    let at = season.end(5, SessionKind::Qualifying) + TimeDelta::hours(2);
    season.upstream.set_now(at);
    let other = sqlx::PgPool::connect_with((*pool.connect_options()).clone())
        .await
        .unwrap();
    let one = season.watch.at(at);
    let two = etl::Context {
        pool: other.clone(),
        ..season.watch.at(at)
    };
    let never = CancellationToken::new();
    let (one, two) = tokio::join!(
        tick::run(&one, CHORES, When::Due, &never),
        tick::run(&two, CHORES, When::Due, &never)
    );
    other.close().await;
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!((&one.failed, &two.failed), (&Vec::new(), &Vec::new()));
    let idle = |ticked: &tick::Ticked| ticked.busy || ticked.done == 0;
    assert_ne!(idle(&one), idle(&two), "{one:?} {two:?}");
    let news = season.watch.news().await;
    let mut runs = news.runs.clone();
    runs.retain(|run| run.starts_with("ingest"));
    runs.dedup();
    let mut sorted = runs.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), runs.len(), "{runs:?}");
    assert_eq!(news.forecasts.len(), 3, "{:?}", news.forecasts);
    assert_eq!(season.status(5).await, "qualifying_done");
}
