//! The pipeline while its database dies, or has no room left: two ticks of a small season, disturbed. Whatever happens
//! on the way, the next tick makes it good by itself, and the content is that of a run that nobody disturbed.

mod crash;
mod disk;
mod watcher;

use std::process::Command;

use chrono::{DateTime, TimeDelta, Utc};
use demo::{Championship, server::UpstreamServer};
use schema::SessionKind;

use crate::harness::{Scratch, run, stderr, stdout};

/// A season from the release before it to the evening of its first race.
struct Season {
    upstream: UpstreamServer,
    before: DateTime<Utc>,
    after: DateTime<Utc>,
}

impl Season {
    fn new() -> Self {
        let before = "2026-02-10T12:00:00Z".parse().unwrap();
        // The season before it gives enough to learn from.
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

    /// What is held before and after, if nothing goes wrong.
    fn undisturbed(&self) -> [String; 2] {
        let scratch = Scratch::new();
        [self.before, self.after].map(|now| {
            succeed(self.tick(&scratch, now));
            dump(&scratch)
        })
    }

    /// A tick, with a clock that stands still.
    fn tick(&self, scratch: &Scratch, now: DateTime<Utc>) -> Command {
        self.upstream.set_now(now);
        tick_from(&self.upstream.url(), scratch, now)
    }
}

/// The same from another upstream.
fn tick_from(upstream: &str, scratch: &Scratch, now: DateTime<Utc>) -> Command {
    let mut command = scratch.f1("etl tick --upstream");
    command.args([upstream, "--now", &now.to_rfc3339()]);
    command.env("F1_CLOCK_SPEED", "0");
    command
}

/// A tick that must succeed.
fn succeed(tick: Command) {
    let output = run(tick);
    assert!(output.status.success(), "{}", stderr(&output));
}

fn dump(scratch: &Scratch) -> String {
    stdout(scratch.f1("etl dump --upstream http://127.0.0.1:9"))
}

/// What a query answers, as `psql -At` prints it.
fn query(scratch: &Scratch, sql: &str) -> String {
    let mut command = scratch.f1("psql -- -XAtc");
    command.arg(sql);
    stdout(command)
}

/// Two dumps; where they differ, the first lines that do.
fn assert_same(undisturbed: &str, disturbed: &str) {
    let pairs = undisturbed.lines().zip(disturbed.lines());
    let different: Vec<_> = pairs.filter(|(one, other)| one != other).take(5).collect();
    assert!(
        undisturbed == disturbed,
        "{} lines became {}: {different:#?}",
        undisturbed.lines().count(),
        disturbed.lines().count()
    );
}
