//! Seasons by `tick` alone, from the release before the season to the one after it: undisturbed, with an upstream that
//! fails, and with processes that are killed. The content at the end is the same.
//!
//! The tests play a few rounds. To play the whole season of the real data:
//!
//! ```text
//! F1_SEASON_ROUNDS=24 F1_SEASON_SEED=7 F1_SEASON_KILLS=100 cargo run -- test -p etl --release seasons::the_real -- --nocapture
//! ```
#![expect(
    clippy::print_stdout,
    reason = "a whole season, played by hand, reports what it did"
)]

mod journey;
mod kills;
mod outcome;

use journey::{Journey, Scale};
use sqlx::PgPool;

use crate::common;

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_demo_season_ends_with_the_same_content_whatever_fails(pool: PgPool) {
    ends_the_same(pool, Journey::demo()).await;
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_real_season_ends_with_the_same_content_whatever_fails(pool: PgPool) {
    if let Some(journey) = Journey::real() {
        ends_the_same(pool, journey).await;
    }
}

async fn ends_the_same(pool: PgPool, journey: Journey) {
    let Scale { seed, kills, .. } = journey.scale;
    journey.prepare(&pool).await;
    let (pool, faulty) = journey::copy(pool, "faulty").await;
    let (pool, killed) = journey::copy(pool, "killed").await;

    let took = journey.run(&pool).await;
    journey.score(&pool).await;
    outcome::check(&pool, &journey).await;
    let undisturbed = common::dumped(&pool).await;

    journey.upstream.faults(seed, 0.3).await;
    let repeated = journey.run_until_it_succeeds(&faulty).await;
    journey.upstream.faults(seed, 0.0).await;
    journey.score(&faulty).await;
    println!(
        "{}: {repeated} ticks were repeated because of upstream faults",
        journey.name
    );
    assert_same(&undisturbed, &common::dumped(&faulty).await, "faults");

    let ended = kills::run(&journey, &killed, &took, seed, kills).await;
    journey.score(&killed).await;
    println!("{}: {ended} processes were killed", journey.name);
    assert_eq!(ended, kills);
    assert_same(&undisturbed, &common::dumped(&killed).await, "kills");
}

/// Compares two dumps and shows the first lines that differ.
fn assert_same(one: &str, other: &str, what: &str) {
    if one == other {
        return;
    }
    let pairs = one.lines().zip(other.lines());
    let different: Vec<_> = pairs.filter(|(one, other)| one != other).take(5).collect();
    panic!(
        "{what}: {} lines became {}; {different:#?}",
        one.lines().count(),
        other.lines().count()
    );
}
