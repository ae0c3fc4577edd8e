//! `f1` that is asked to end: nothing is left behind.

use std::{fs, process::Command};

use local::process::{is_alive, send};
use rustix::process::Signal;

use crate::{
    harness::{Scratch, stdout, wait_for},
    upstream::UNREACHABLE,
};

#[test]
fn up_ends_with_success_and_leaves_nothing() {
    for signal in [Signal::INT, Signal::TERM] {
        let scratch = Scratch::new();
        let mut up = scratch.up();
        let server = scratch.postmaster().unwrap();
        up.send(signal);
        assert!(up.end().success(), "{signal:?}: {}", up.stderr());
        assert!(!is_alive(server), "{signal:?}");
        scratch.assert_nothing_runs();
    }
}

#[test]
fn under_nohup_a_hangup_is_ignored() {
    let scratch = Scratch::new();
    let mut command = scratch.f1("exec --");
    let ready = scratch.path.join("ready");
    let script = format!("touch {}; sleep 600", ready.display());
    command.arg(scratch.script("sleeper", &script));
    let mut ignoring = Command::new("sh");
    ignoring
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(command.get_args())
        .env_remove("DATABASE_URL");
    let mut exec = scratch.start(ignoring);
    wait_for("the command", || ready.exists());
    exec.send(Signal::HUP);
    stdout(scratch.f1("exec -- true"));
    exec.assert_runs();
    exec.send(Signal::TERM);
    assert_eq!(exec.end().code(), Some(143), "{}", exec.stderr());
    scratch.assert_nothing_runs();
}

#[test]
fn up_fails_when_its_server_ends() {
    let scratch = Scratch::new();
    let mut up = scratch.up();
    send(Signal::QUIT, &[scratch.postmaster().unwrap()]);
    assert_eq!(up.end().code(), Some(1));
    assert!(up.stderr().contains("postgres.log"), "{}", up.stderr());
    scratch.assert_nothing_runs();
}

#[test]
fn an_interrupted_start_leaves_nothing() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let scratch = Scratch::new();
        let mut up = scratch.start(scratch.f1("up --demo --web 127.0.0.1:0 --api 127.0.0.1:0"));
        let files = |prefix: &str| {
            let Ok(entries) = fs::read_dir(scratch.data()) else {
                return 0;
            };
            entries
                .flatten()
                .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
                .count()
        };
        wait_for("initdb", || files("postgres.new-") > 0);
        up.send(signal);
        assert_eq!(up.end().code(), Some(code), "{}", up.stderr());
        assert_eq!(files("postgres"), 0);
        scratch.assert_nothing_runs();
    }
}

#[test]
fn a_command_ends_with_all_its_descendants() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let scratch = Scratch::new();
        let pids = scratch.path.join("pids");
        // A shell makes its background jobs ignore SIGINT, and this one does not wait for them.
        let script = format!(
            "sleep 600 & echo $$ $! > {pids}.new; mv {pids}.new {pids}; wait",
            pids = pids.display()
        );
        let mut command = scratch.f1("exec --");
        command.arg(scratch.script("parent", &script));
        let mut exec = scratch.start(command);
        wait_for("the command", || pids.exists());
        exec.send(signal);
        assert_eq!(exec.end().code(), Some(code), "{}", exec.stderr());
        for pid in fs::read_to_string(&pids).unwrap().split_whitespace() {
            assert!(!is_alive(pid.parse().unwrap()), "{signal:?} {pid}");
        }
        scratch.assert_nothing_runs();
    }
}

#[test]
fn a_command_that_ignores_the_first_request_is_killed_at_the_second() {
    let scratch = Scratch::new();
    let ready = scratch.path.join("ready");
    let requested = scratch.path.join("requested");
    // Its child is started after the request, when the descendants have already been listed.
    let script = format!(
        "trap 'sleep 600 & touch {}' TERM; touch {}; while :; do sleep 0.1; done",
        requested.display(),
        ready.display()
    );
    let mut command = scratch.f1("exec --");
    command.arg(scratch.script("stubborn", &script));
    let mut exec = scratch.start(command);
    wait_for("the command", || ready.exists());
    exec.send(Signal::TERM);
    wait_for("the effect of the first request", || requested.exists());
    wait_for("the effect of the second request", || {
        exec.send(Signal::TERM);
        exec.child.try_wait().unwrap().is_some()
    });
    assert_eq!(exec.end().code(), Some(137), "{}", exec.stderr());
    scratch.assert_nothing_runs();
}

#[test]
fn interrupted_tests_leave_no_folder() {
    let scratch = Scratch::new();
    let started = scratch.path.join("started");
    let script = format!("touch {}; sleep 600", started.display());
    let mut command = scratch.f1("test");
    command.env("CARGO", scratch.script("cargo", &script));
    let mut test = scratch.start(command);
    wait_for("the tests", || started.exists());
    test.send(Signal::TERM);
    assert_eq!(test.end().code(), Some(143), "{}", test.stderr());
    let left = fs::read_dir(scratch.path.join("tmp")).unwrap().count();
    assert_eq!(left, 0);
    scratch.assert_nothing_runs();
}

#[test]
fn serve_ends_with_success_and_leaves_nothing() {
    for signal in [Signal::INT, Signal::TERM] {
        let scratch = Scratch::new();
        let words = "etl serve --listen 127.0.0.1:0 --shutdown-patience-seconds 1 --upstream";
        let mut command = scratch.f1(words);
        command.arg(UNREACHABLE).env("RUST_LOG", "etl=info");
        let mut serve = scratch.start(command);
        wait_for("an address", || {
            serve.assert_runs();
            serve.stderr().contains("listening")
        });
        serve.send(signal);
        assert!(serve.end().success(), "{signal:?}: {}", serve.stderr());
        scratch.assert_nothing_runs();
    }
}
