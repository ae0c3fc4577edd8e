//! Errors name the cause and what to do.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt};

use crate::harness::{Scratch, assert_fails, is_root, stdout};

#[test]
fn a_port_in_use_is_named_before_anything_starts() {
    let scratch = Scratch::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let port = format!("port {} is in use", address.port());
    for (option, other) in [("--web", "--api"), ("--api", "--web")] {
        let words = format!("up {option} {address} {other} 127.0.0.1:0");
        assert_fails(scratch.f1(&words), &[&port, option]);
        assert!(!scratch.cluster().exists(), "nothing is started");
    }
}

#[test]
fn a_parent_that_cannot_be_entered_is_named() {
    if !is_root("a_parent_that_cannot_be_entered_is_named") {
        return;
    }
    let scratch = Scratch::new();
    let blocked = scratch.path.join("blocked");
    fs::create_dir_all(blocked.join("inner")).unwrap();
    fs::set_permissions(&blocked, fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = scratch.f1("exec");
    command
        .arg("--data-dir")
        .arg(blocked.join("inner/data"))
        .args(["--", "true"]);
    let name = format!("cannot enter {},", blocked.display());
    assert_fails(command, &[&name, "--data-dir", "chmod o+x"]);

    let mut command = scratch.f1("test");
    command.env("TMPDIR", blocked.join("inner"));
    assert_fails(command, &[&name, "TMPDIR"]);
    let left = fs::read_dir(blocked.join("inner/data")).unwrap();
    assert_eq!(left.count(), 1, "only the lock");
}

#[test]
fn a_database_of_another_major_version_is_refused() {
    let scratch = Scratch::new();
    stdout(scratch.f1("exec -- true"));
    fs::write(scratch.cluster().join("PG_VERSION"), "14\n").unwrap();
    let command = scratch.f1("exec -- true");
    assert_fails(command, &["PostgreSQL 14", "PG_BIN", "f1 reset"]);
    stdout(scratch.f1("reset --yes"));
    stdout(scratch.f1("exec -- true"));
}

#[test]
fn a_pg_bin_without_the_programs_is_refused() {
    let scratch = Scratch::new();
    let mut command = scratch.f1("exec -- true");
    command.env("PG_BIN", &scratch.path);
    let path = scratch.path.to_str().unwrap();
    assert_fails(command, &["PG_BIN", path, "initdb"]);
}

#[test]
fn programs_that_are_too_old_are_refused() {
    let scratch = Scratch::new();
    scratch.script("initdb", "exit 1");
    scratch.script("postgres", "echo 'postgres (PostgreSQL) 14.9'");
    let mut command = scratch.f1("exec -- true");
    command.env("PG_BIN", &scratch.path);
    assert_fails(command, &["version 14", "15 or newer"]);
}

#[test]
fn a_server_that_does_not_start_shows_its_log() {
    let scratch = Scratch::new();
    stdout(scratch.f1("exec -- true"));
    let settings = scratch.cluster().join("postgresql.conf");
    fs::write(settings, "no_such_setting = 1\n").unwrap();
    assert_fails(
        scratch.f1("exec -- true"),
        &["no_such_setting", "postgres.log"],
    );
    scratch.assert_nothing_runs();
}
