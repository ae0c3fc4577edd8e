//! A server that crashes in the middle of a tick.

use std::process::Command;

use local::process::{is_alive, send};
use rustix::process::Signal;

use crate::{
    harness::{Running, Scratch, wait_for},
    trouble::{Season, assert_same, dump, query, succeed, tick_from, watcher::Watcher},
    upstream::Silent,
};

/// Stops the server of a folder at once, with all its children, as a crash would.
fn crash(scratch: &Scratch) {
    let server = scratch.postmaster().unwrap();
    send(Signal::QUIT, &[server]);
    wait_for("the end of the server", || !is_alive(server));
}

/// Waits for the end of a tick that fails because its database is gone.
fn assert_fails_without_database(mut tick: Running) {
    let status = tick.end();
    let log = tick.stderr();
    assert_eq!(status.code(), Some(1), "{log}");
    let last = log.rsplit("f1: ").next().unwrap();
    let names_it = last.contains("database") || last.contains("PostgreSQL ended unexpectedly");
    assert!(names_it, "{log}");
}

/// Runs a tick on the server of another `f1` until it waits for a lock, then crashes the server.
fn crash_at(lock: &str, scratch: &Scratch, tick: Command) {
    let mut owner = scratch.start(scratch.f1("exec -- sleep 600"));
    let mut watcher = Watcher::of(scratch);
    watcher.execute(&format!("BEGIN; LOCK TABLE {lock} IN SHARE MODE"));
    let tick = scratch.start(tick);
    watcher.wait_for("pg_locks WHERE NOT granted");
    crash(scratch);
    assert_fails_without_database(tick);
    owner.send(Signal::TERM);
    owner.end();
}

#[test]
fn a_server_crash_in_the_middle_of_a_tick_loses_nothing() {
    let season = Season::new();
    let undisturbed = season.undisturbed();
    let scratch = Scratch::new();

    // On the tick's own server, while it waits for the release from a silent source.
    let silent = Silent::new();
    let tick = scratch.start(tick_from(&silent.url, &scratch, season.before));
    let mut watcher = Watcher::of(&scratch);
    watcher.wait_for("job_runs WHERE job = 'load' AND finished_at IS NULL");
    crash(&scratch);
    assert_fails_without_database(tick);

    // While the release is written.
    let tick = season.tick(&scratch, season.before);
    crash_at("results", &scratch, tick);
    let stored = "SELECT (SELECT count(*) FROM races) + (SELECT count(*) FROM drivers)";
    assert_eq!(query(&scratch, stored), "0");
    succeed(season.tick(&scratch, season.before));
    assert_same(&undisturbed[0], &dump(&scratch));

    // In a stage, while its forecast is written.
    let tick = season.tick(&scratch, season.after);
    crash_at("predictions", &scratch, tick);
    let stored = "SELECT status, (SELECT count(*) FROM practice_results WHERE race_id = r.id) > 0,
                       (SELECT count(*) FROM qualifying WHERE race_id = r.id)
                FROM races r WHERE year = 2026 AND round = 1";
    assert_eq!(query(&scratch, stored), "scheduled|t|0");
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
