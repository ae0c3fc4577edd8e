//! The pipeline while its database crashes or its disk is full: two ticks of a small season, disturbed. After the next
//! tick the content is that of an undisturbed run.

mod crash;
mod disk;
mod watcher;

use std::process::Command;

use chrono::{DateTime, TimeDelta, Utc};
use demo::{Championship, server::UpstreamServer};
use schema::SessionKind;

use crate::harness::{Scratch, run, stderr, stdout};

/// A season from the release before it to the evening after its first race.
struct Season {
    upstream: UpstreamServer,
    before: DateTime<Utc>,
    after: DateTime<Utc>,
}

impl Season {
    fn new() -> Self {
        let before = "2026-02-10T12:00:00Z".parse().unwrap();
        // The season before it is enough history for the model.
        let championship = Championship {
            rounds: 6,
            ..Championship::small(before + TimeDelta::days(120))
        };
        let upstream = UpstreamServer::start(&championship, before);
        let after = upstream.end_of(2026, 1, SessionKind::Race) + TimeDelta::minutes(100);
        Self {
            upstream,
            before,
            after,
        }
    }

    /// The content of the database before and after, if nothing goes wrong.
    fn undisturbed(&self) -> [String; 2] {
        let scratch = Scratch::new();
        [self.before, self.after].map(|now| {
            succeed(self.tick(&scratch, now));
            dump(&scratch)
        })
    }

    /// A tick with a stopped clock.
    fn tick(&self, scratch: &Scratch, now: DateTime<Utc>) -> Command {
        self.upstream.set_now(now);
        tick_from(&self.upstream.url(), scratch, now)
    }
}

/// A tick with a stopped clock and any upstream.
fn tick_from(upstream: &str, scratch: &Scratch, now: DateTime<Utc>) -> Command {
    let mut command = scratch.f1("etl tick --upstream");
    command.args([upstream, "--now", &now.to_rfc3339()]);
    command.env("F1_CLOCK_SPEED", "0");
    command
}

/// Runs a tick that must succeed.
fn succeed(tick: Command) {
    let output = run(tick);
    assert!(output.status.success(), "{}", stderr(&output));
}

fn dump(scratch: &Scratch) -> String {
    stdout(scratch.f1("etl dump --upstream http://127.0.0.1:9"))
}

/// The result of a query, as `psql -At` prints it.
fn query(scratch: &Scratch, sql: &str) -> String {
    let mut command = scratch.f1("psql -- -XAtc");
    command.arg(sql);
    stdout(command)
}

/// Compares two dumps, and shows the first lines that differ.
fn assert_same(undisturbed: &str, disturbed: &str) {
    let pairs = undisturbed.lines().zip(disturbed.lines());
    let different: Vec<_> = pairs.filter(|(one, other)| one != other).take(5).collect();
    assert!(
        undisturbed == disturbed,
        "{} lines, {} when disturbed: {different:#?}",
        undisturbed.lines().count(),
        disturbed.lines().count()
    );
}
