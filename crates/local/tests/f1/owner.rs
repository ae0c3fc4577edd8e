//! Each data folder has at most one owner, also after the last one was killed.

use std::fs;

use local::process::{is_alive, send};
use rustix::process::Signal;

use crate::harness::{Scratch, assert_fails, postmaster, run, stderr, stdout, wait_for};

#[test]
fn other_commands_attach_to_a_live_owner() {
    let scratch = Scratch::new();
    let mut up = scratch.up();
    let server = scratch.postmaster();
    let port = scratch.owner_entry("port").unwrap();

    let url = stdout(scratch.f1("exec -- printenv DATABASE_URL"));
    assert_eq!(url, format!("postgres://f1_owner@127.0.0.1:{port}/f1"));
    let mut command = scratch.f1("psql --");
    command.args(["-Atc", "SELECT 1"]);
    assert_eq!(stdout(command), "1");
    assert_eq!(scratch.postmaster(), server, "the server stays");

    up.assert_runs();
    up.send(Signal::TERM);
    assert!(up.end().success(), "{}", up.stderr());
    scratch.assert_nothing_runs();
}

#[test]
fn commands_wait_for_a_server_that_is_starting() {
    let scratch = Scratch::new();
    let commands: Vec<_> = (0..4)
        .map(|_| scratch.start(scratch.f1("exec -- true")))
        .collect();
    for mut command in commands {
        let status = command.end();
        assert!(status.success(), "{}", command.stderr());
    }
    scratch.assert_nothing_runs();
}

#[test]
fn an_owner_waits_for_its_guests() {
    let scratch = Scratch::new();
    let command_until = |name: &str| {
        let file = scratch.path.join(name);
        let begun = scratch.path.join(format!("{name}-begun"));
        let text = format!(
            "touch {}; until test -e {}; do sleep 0.05; done",
            begun.display(),
            file.display()
        );
        let mut command = scratch.f1("exec --");
        command.arg(scratch.script(&format!("{name}.sh"), &text));
        let running = scratch.start(command);
        wait_for("a command", || begun.exists());
        (running, file)
    };
    let (mut owner, end_owner) = command_until("owner");
    let server = scratch.postmaster().unwrap();
    let (mut guest, end_guest) = command_until("guest");

    fs::write(end_owner, "").unwrap();
    wait_for("the message of the owner", || {
        owner.stderr().contains("waiting")
    });
    owner.assert_runs();
    guest.assert_runs();
    assert!(is_alive(server));

    fs::write(end_guest, "").unwrap();
    assert!(guest.end().success(), "{}", guest.stderr());
    assert!(owner.end().success(), "{}", owner.stderr());
    scratch.assert_nothing_runs();
}

#[test]
fn a_second_owner_is_refused() {
    let scratch = Scratch::new();
    let mut up = scratch.up();
    let pid = up.pid().to_string();
    assert_fails(scratch.f1("up"), &["f1 up", &pid, "--data-dir"]);
    assert_fails(scratch.f1("reset --yes"), &["f1 up", &pid]);
    up.assert_runs();
}

#[test]
fn the_orphaned_server_of_a_killed_run_is_stopped() {
    let scratch = Scratch::new();
    let mut up = scratch.up();
    let mut command = scratch.f1("psql --");
    command.args(["-qAtc", "CREATE TABLE t AS SELECT 42 AS n"]);
    stdout(command);
    up.kill();
    let orphan = scratch.postmaster().unwrap();
    assert!(is_alive(orphan));

    let mut command = scratch.f1("psql --");
    command.args(["-Atc", "SELECT n FROM t"]);
    let output = run(command);
    assert_eq!(output.stdout, b"42\n", "{}", stderr(&output));
    assert!(stderr(&output).contains(&format!("process {orphan}")));
    assert!(!is_alive(orphan));
    scratch.assert_nothing_runs();
}

#[test]
fn a_server_killed_with_its_owner_recovers() {
    let scratch = Scratch::new();
    let mut up = scratch.up();
    let server = scratch.postmaster().unwrap();
    up.kill();
    send(Signal::KILL, &[server]);
    wait_for("the end of the server's own children", || {
        scratch.processes().is_empty()
    });
    assert_eq!(scratch.postmaster(), Some(server), "a stale file");
    stdout(scratch.f1("exec -- true"));
    scratch.assert_nothing_runs();
}

#[test]
fn stale_files_are_ignored() {
    let scratch = Scratch::new();
    stdout(scratch.f1("exec -- true"));
    let lock = scratch.data().join("owner.lock");
    let pid_file = scratch.cluster().join("postmaster.pid");
    // An id that no process has, and one that an unrelated process has.
    for pid in [u32::MAX >> 2, std::process::id()] {
        fs::write(&lock, format!("pid {pid}\ncommand up\nport 1\n")).unwrap();
        let cluster = scratch.cluster();
        let words = format!("{pid}\n{}\n1700000000\n1\n\n127.0.0.1\n", cluster.display());
        fs::write(&pid_file, words).unwrap();
        stdout(scratch.f1("exec -- true"));
        scratch.assert_nothing_runs();
    }
    fs::write(&lock, "rubbish").unwrap();
    stdout(scratch.f1("exec -- true"));
}

#[test]
fn an_unfinished_database_is_created_again() {
    let scratch = Scratch::new();
    let unfinished = scratch.data().join("postgres.new-1");
    fs::create_dir_all(&unfinished).unwrap();
    fs::write(unfinished.join("PG_VERSION"), "15\n").unwrap();
    stdout(scratch.f1("exec -- true"));
    assert!(!unfinished.exists());
    assert!(scratch.cluster().exists());
}

#[test]
fn the_next_test_run_cleans_up_after_a_killed_one() {
    let scratch = Scratch::new();
    let mut command = scratch.f1("test");
    let started = scratch.path.join("started");
    let script = format!("touch {}; sleep 600", started.display());
    command.env("CARGO", scratch.script("cargo", &script));
    let mut test = scratch.start(command);
    wait_for("the tests", || {
        test.assert_runs();
        started.exists()
    });
    test.kill();
    let temporary = scratch.path.join("tmp");
    let folders = || fs::read_dir(&temporary).unwrap().count();
    assert_eq!(folders(), 1);
    let folder = fs::read_dir(&temporary).unwrap().next().unwrap().unwrap();
    let orphan = postmaster(&folder.path().join("postgres")).unwrap();
    assert!(is_alive(orphan));

    let mut command = scratch.f1("test");
    command.env("CARGO", scratch.script("cargo", "exit 0"));
    stdout(command);
    assert_eq!(folders(), 0);
    assert!(!is_alive(orphan));
}

#[test]
fn reset_deletes_the_database_when_confirmed() {
    let scratch = Scratch::new();
    let mut up = scratch.up();
    up.kill();
    assert_fails(scratch.f1("reset"), &["--yes"]);
    assert!(scratch.cluster().exists());

    stdout(scratch.f1("reset --yes"));
    assert!(!scratch.cluster().exists());
    scratch.assert_nothing_runs();
    stdout(scratch.f1("exec -- true"));
}
