//! A server that dies in the middle of a tick.

use std::process::Command;

use local::process::{is_alive, send};

use crate::{
    harness::{Running, Scratch, wait_for},
    trouble::{Season, assert_same, dump, query, succeed, tick_from, watcher::Watcher},
    upstream::Silent,
};

/// Kills the server of a folder at once, with all its children.
fn crash(scratch: &Scratch) {
    let server = scratch.postmaster().unwrap();
    send("QUIT", &[server]);
    wait_for("the end of the server", || !is_alive(server));
}

/// A tick that ends because its database is gone, and says so.
fn assert_database_is_missed(mut tick: Running) {
    let status = tick.end();
    let said = tick.stderr();
    assert_eq!(status.code(), Some(1), "{said}");
    let last = said.rsplit("f1: ").next().unwrap();
    let names_it = last.contains("database") || last.contains("PostgreSQL ended by itself");
    assert!(names_it, "{said}");
}

/// Lets a tick run on a server that is not its own until it waits for a lock, and kills the server then.
fn crash_at(lock: &str, scratch: &Scratch, tick: Command) {
    let mut owner = scratch.start(scratch.f1("exec -- sleep 600"));
    let mut watcher = Watcher::of(scratch);
    watcher.execute(&format!("BEGIN; LOCK TABLE {lock} IN SHARE MODE"));
    let tick = scratch.start(tick);
    watcher.wait_for("pg_locks WHERE NOT granted");
    crash(scratch);
    assert_database_is_missed(tick);
    owner.send("TERM");
    owner.end();
}

#[test]
fn a_server_that_dies_in_the_middle_of_a_tick_costs_nothing() {
    let season = Season::new();
    let undisturbed = season.undisturbed();
    let scratch = Scratch::new();

    // On a server of its own, while the release is awaited from a source that says nothing.
    let silent = Silent::new();
    let tick = scratch.start(tick_from(&silent.url, &scratch, season.before));
    let mut watcher = Watcher::of(&scratch);
    watcher.wait_for("job_runs WHERE job = 'load' AND finished_at IS NULL");
    crash(&scratch);
    assert_database_is_missed(tick);

    // While the release is written.
    let tick = season.tick(&scratch, season.before);
    crash_at("results", &scratch, tick);
    let held = "SELECT (SELECT count(*) FROM races) + (SELECT count(*) FROM drivers)";
    assert_eq!(query(&scratch, held), "0");
    succeed(season.tick(&scratch, season.before));
    assert_same(&undisturbed[0], &dump(&scratch));

    // In a stage, when its forecast is written.
    let tick = season.tick(&scratch, season.after);
    crash_at("predictions", &scratch, tick);
    let held = "SELECT status, (SELECT count(*) FROM practice_results WHERE race_id = r.id) > 0,
                       (SELECT count(*) FROM qualifying WHERE race_id = r.id)
                FROM races r WHERE year = 2026 AND round = 1";
    assert_eq!(query(&scratch, held), "scheduled|t|0");
    succeed(season.tick(&scratch, season.after));
    assert_same(&undisturbed[1], &dump(&scratch));

    let failed = "SELECT job || ': ' || error FROM job_runs WHERE outcome = 'failed' ORDER BY id";
    let closed = "the process ended before the job did; what was not committed is not there";
    assert_eq!(
        query(&scratch, failed).lines().collect::<Vec<_>>(),
        ["load", "load", "ingest_qualifying"].map(|job| format!("{job}: {closed}"))
    );
    let open = "SELECT count(*) FROM job_runs WHERE finished_at IS NULL";
    assert_eq!(query(&scratch, open), "0");
}
