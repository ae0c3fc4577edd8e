//! A journey whose processes are killed at random moments.

use std::{
    collections::BTreeMap,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use clap::ValueEnum as _;
use rand::{RngExt as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;
use sqlx::PgPool;

use super::journey::{CHORES, Journey};

/// A shorter tick has nothing to do, so killing it tests nothing; it runs in this process.
const WORTH_KILLING: Duration = Duration::from_millis(100);

/// Runs each tick of the journey in a process of its own, and kills `kills` of these processes during ticks that did
/// something in the undisturbed run, which took `took`. A killed tick is run again until it ends by itself. Returns the
/// number of killed processes.
pub(crate) async fn run(
    journey: &Journey,
    pool: &PgPool,
    took: &[Duration],
    seed: u64,
    kills: usize,
) -> usize {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let busy: Vec<usize> = (0..took.len())
        .filter(|at| took[*at] > WORTH_KILLING)
        .collect();
    let mut planned: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    for _ in 0..kills {
        let at = *busy.choose(&mut rng).unwrap();
        planned
            .entry(at)
            .or_default()
            .push(rng.random_range(0.0..1.0));
    }
    let url = database_url(pool);
    let mut killed = 0;
    for (at, now) in journey.instants().into_iter().enumerate() {
        journey.upstream.set_now(now).await;
        for share in planned.remove(&at).unwrap_or_default() {
            let mut wait = took[at].mul_f64(share);
            // A process that is faster than the undisturbed tick is followed by one that is killed earlier.
            while !is_killed_after(&mut start(journey, &url, now), wait) {
                assert!(!wait.is_zero(), "a process ended before it began");
                wait = if wait < Duration::from_millis(1) {
                    Duration::ZERO
                } else {
                    wait / 2
                };
            }
            killed += 1;
        }
        if took[at] <= WORTH_KILLING {
            assert!(journey.tick(pool, now).await.failed.is_empty(), "{now}");
            continue;
        }
        let mut attempts = 0;
        while !matches!(
            start(journey, &url, now).wait().unwrap().code(),
            Some(0 | 75)
        ) {
            attempts += 1;
            assert!(attempts < 10, "{now}: the tick never succeeds");
        }
    }
    killed
}

/// Kills a process after a time; false if it has ended before.
fn is_killed_after(child: &mut Child, wait: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < wait {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// Starts a tick in a process of its own.
fn start(journey: &Journey, database_url: &str, now: DateTime<Utc>) -> Child {
    let sources = etl::Sources::below(&journey.upstream.address().parse().unwrap()).unwrap();
    Command::new(env!("CARGO_BIN_EXE_f1-etl"))
        .args(["tick", "--now", &now.to_rfc3339()])
        .args(CHORES.iter().flat_map(|chore| {
            let name = chore.to_possible_value().unwrap();
            ["--only".to_owned(), name.get_name().to_owned()]
        }))
        .env("DATABASE_URL", database_url)
        .env("F1_CLOCK_SPEED", "0")
        .env("F1DB_URL", sources.f1db_url.as_str())
        .env("JOLPICA_URL", sources.jolpica_url.as_str())
        .env("OPENF1_URL", sources.openf1_url.as_str())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The server's address with the database of the pool.
fn database_url(pool: &PgPool) -> String {
    let mut url: reqwest::Url = std::env::var("DATABASE_URL").unwrap().parse().unwrap();
    url.set_path(pool.connect_options().get_database().unwrap());
    url.to_string()
}
