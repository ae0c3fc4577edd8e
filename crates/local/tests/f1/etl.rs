//! `f1 etl`, on a server started for it or on that of another `f1`.

use crate::{
    harness::{Scratch, assert_fails, run, stderr, stdout},
    upstream::{UNREACHABLE, Upstream},
};

#[test]
fn an_empty_database_is_filled_first() {
    let scratch = Scratch::new();
    let upstream = Upstream::with_release();
    let words = "etl run compute_season_stats --upstream";
    let mut command = scratch.f1(words);
    command.arg(&upstream.url);
    let output = run(command);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains(&upstream.tag));
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(printed.lines().count(), 1, "the answer alone: {printed}");
    scratch.assert_nothing_runs();

    // The second run fetches nothing.
    let mut command = scratch.f1(words);
    command.arg(UNREACHABLE);
    assert!(stdout(command).starts_with("nothing_new"));
    scratch.assert_nothing_runs();
}

#[test]
fn status_leaves_an_empty_database_empty() {
    let scratch = Scratch::new();
    let before = scratch.f1("etl status --json --upstream http://127.0.0.1:9");
    let status = stdout(before);
    assert!(status.starts_with('{'), "{status}");
    assert!(status.contains(r#""release": null"#), "{status}");
    scratch.assert_nothing_runs();
}

#[test]
fn an_empty_database_is_dumped_as_it_is() {
    let scratch = Scratch::new();
    let dump = stdout(scratch.f1("etl dump --upstream http://127.0.0.1:9"));
    assert!(dump.starts_with("# "), "{dump}");
    scratch.assert_nothing_runs();
}

#[test]
fn a_failed_load_is_a_failure() {
    let scratch = Scratch::new();
    let upstream = Upstream::empty();
    for words in ["etl load", "etl run compute_features"] {
        let mut command = scratch.f1(words);
        command.arg("--upstream").arg(&upstream.url);
        assert_fails(command, &[&upstream.url, "404"]);
    }
    scratch.assert_nothing_runs();
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    let scratch = Scratch::new();
    for words in ["etl", "etl nonsense", "etl run nonsense", "etl load --x"] {
        let output = run(scratch.f1(words));
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    }
    let mut command = scratch.f1("etl status");
    command.env("F1_NOW", "yesterday");
    let output = run(command);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("F1_NOW"), "{}", stderr(&output));
    assert!(!scratch.data().exists());
}

#[test]
fn a_load_works_beside_the_site() {
    let scratch = Scratch::new();
    let mut up = scratch.up();
    let server = scratch.postmaster();
    let upstream = Upstream::with_release();
    let mut command = scratch.f1("etl --upstream");
    command.arg(&upstream.url).arg("load");
    assert!(stdout(command).contains(&upstream.tag));
    assert_eq!(scratch.postmaster(), server, "the server stays");
    up.assert_runs();
}
