//! How often a tick looks for a release. The upstreams are unreachable, so a look is a job that fails.

use chrono::TimeDelta;
use etl::{
    Context, RaceFilter,
    jobs::{Job, Report, ledger},
    tick::{self, Task, Trigger},
};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::common::{championship, context, context_at, load, now};

/// Whether a tick looks for a release so many hours after the last look, which found nothing new.
async fn looks_for_a_release_after(pool: &PgPool, hours: i64) -> bool {
    sqlx::query("DELETE FROM job_runs")
        .execute(pool)
        .await
        .unwrap();
    let nothing_new = async |_: &Context| Ok(Report::default());
    ledger::record(&context(pool), Job::Load, RaceFilter::ALL, nothing_new)
        .await
        .unwrap();
    let ctx = context_at(pool, now() + TimeDelta::hours(hours));
    let stop = CancellationToken::new();
    let report = tick::run(&ctx, &[Task::Release], Trigger::IfDue, &stop)
        .await
        .unwrap();
    !report.failed.is_empty()
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_release_is_looked_for_every_three_hours_while_a_race_is_in_none(pool: PgPool) {
    load(&context(&pool), &championship().release())
        .await
        .unwrap();
    for (hours, looks) in [(3, false), (22, false), (23, true)] {
        let looked = looks_for_a_release_after(&pool, hours).await;
        assert_eq!(looked, looks, "after {hours} hours");
    }
    let not_released = sqlx::query(
        "UPDATE published_lists SET source = 'jolpica' WHERE list = 'race'
         AND race_id = (SELECT id FROM races WHERE status = 'completed' ORDER BY date DESC LIMIT 1)",
    );
    let changed = not_released.execute(&pool).await.unwrap();
    assert_eq!(changed.rows_affected(), 1);
    for (hours, looks) in [(2, false), (3, true)] {
        let looked = looks_for_a_release_after(&pool, hours).await;
        assert_eq!(looked, looks, "after {hours} hours, with a race in none");
    }
}
