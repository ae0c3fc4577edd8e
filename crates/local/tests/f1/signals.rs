//! Being told to end: nothing may be left behind.

use std::{fs, process::Command};

use local::process::{is_alive, send};

use crate::{
    harness::{Scratch, stdout, wait_for},
    upstream::UNREACHABLE,
};

#[test]
fn up_ends_well_and_leaves_nothing() {
    for signal in ["INT", "TERM"] {
        let scratch = Scratch::new();
        let mut up = scratch.up();
        let server = scratch.postmaster().unwrap();
        up.send(signal);
        assert!(up.end().success(), "SIG{signal}: {}", up.stderr());
        assert!(!is_alive(server), "SIG{signal}");
        scratch.assert_nothing_runs();
    }
}

#[test]
fn nohup_means_what_it_says() {
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
    exec.send("HUP");
    stdout(scratch.f1("exec -- true"));
    exec.assert_runs();
    exec.send("TERM");
    assert_eq!(exec.end().code(), Some(143), "{}", exec.stderr());
    scratch.assert_nothing_runs();
}

#[test]
fn up_ends_when_its_server_does() {
    let scratch = Scratch::new();
    let mut up = scratch.up();
    send("QUIT", &[scratch.postmaster().unwrap()]);
    assert_eq!(up.end().code(), Some(1));
    assert!(up.stderr().contains("postgres.log"), "{}", up.stderr());
    scratch.assert_nothing_runs();
}

#[test]
fn a_start_that_is_cut_short_leaves_nothing() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
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
fn the_command_and_what_it_started_end_with_us() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let scratch = Scratch::new();
        let pids = scratch.path.join("pids");
        // The grandchild is a stranger to its group's Ctrl-C, and its parent does not wait long.
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
            assert!(!is_alive(pid.parse().unwrap()), "SIG{signal} {pid}");
        }
        scratch.assert_nothing_runs();
    }
}

#[test]
fn a_command_that_ignores_the_request_ends_at_the_second() {
    let scratch = Scratch::new();
    let ready = scratch.path.join("ready");
    let heard = scratch.path.join("heard");
    // What it starts after the request was in no list of its children at that time.
    let script = format!(
        "trap 'sleep 600 & touch {}' TERM; touch {}; while :; do sleep 0.1; done",
        heard.display(),
        ready.display()
    );
    let mut command = scratch.f1("exec --");
    command.arg(scratch.script("stubborn", &script));
    let mut exec = scratch.start(command);
    wait_for("the command", || ready.exists());
    exec.send("TERM");
    wait_for("the first request to be heard", || heard.exists());
    wait_for("the second request to be heard", || {
        exec.send("TERM");
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
    test.send("TERM");
    assert_eq!(test.end().code(), Some(143), "{}", test.stderr());
    let left = fs::read_dir(scratch.path.join("tmp")).unwrap().count();
    assert_eq!(left, 0);
    scratch.assert_nothing_runs();
}

#[test]
fn schedules_end_well_and_leave_nothing() {
    for signal in ["INT", "TERM"] {
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
        assert!(serve.end().success(), "SIG{signal}: {}", serve.stderr());
        scratch.assert_nothing_runs();
    }
}
