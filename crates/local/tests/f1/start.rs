//! Starts: as root and as another user, on a private server and on an external one.

use std::{
    fs,
    os::unix::fs::{MetadataExt, chown},
    path::Path,
};

use rustix::process::Signal;

use crate::harness::{NOBODY, Scratch, is_root, run, stderr, stdout, wait_for};

#[test]
fn data_survives_the_end_of_its_server() {
    let scratch = Scratch::new();
    let mut command = scratch.f1("psql --");
    command.args(["-qAtc", "CREATE TABLE t AS SELECT 42 AS n"]);
    stdout(command);
    scratch.assert_nothing_runs();

    let mut command = scratch.f1("psql --");
    command.args(["-Atc", "SELECT n, current_user, current_database() FROM t"]);
    assert_eq!(stdout(command), "42|f1_owner|f1");
    let mut command = scratch.f1("psql --");
    command.args(["-Atc", "SHOW fsync"]);
    assert_eq!(stdout(command), "on");
    scratch.assert_nothing_runs();
}

#[test]
fn root_runs_the_server_as_another_user() {
    if !is_root("root_runs_the_server_as_another_user") {
        return;
    }
    let scratch = Scratch::new();
    let _up = scratch.up();
    let server = scratch.postmaster().unwrap();
    let owner = fs::metadata(format!("/proc/{server}")).unwrap().uid();
    assert_ne!(owner, 0);
    assert_eq!(fs::metadata(scratch.cluster()).unwrap().uid(), owner);
}

#[test]
fn a_normal_user_runs_everything_alone() {
    if !is_root("a_normal_user_runs_everything_alone") {
        return;
    }
    let scratch = Scratch::new();
    for folder in ["data", "tmp", "xdg"] {
        let folder = scratch.path.join(folder);
        fs::create_dir_all(&folder).unwrap();
        chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    for _ in ["fresh", "again"] {
        let url = stdout(scratch.f1_as_nobody("exec -- printenv DATABASE_URL"));
        assert!(url.starts_with("postgres://f1_owner@127.0.0.1:"), "{url}");
    }
    assert_eq!(fs::metadata(scratch.cluster()).unwrap().uid(), NOBODY);
    scratch.assert_nothing_runs();

    // Root uses the same folder and keeps its owner.
    stdout(scratch.f1("exec -- true"));
    assert_eq!(fs::metadata(scratch.cluster()).unwrap().uid(), NOBODY);

    // Without `--data-dir`, it is the XDG data folder.
    let mut command = std::process::Command::new(scratch.path.join("f1"));
    std::os::unix::process::CommandExt::uid(&mut command, NOBODY)
        .env_remove("DATABASE_URL")
        .env("XDG_DATA_HOME", scratch.path.join("xdg"))
        .current_dir("/")
        .args(["exec", "--", "true"]);
    stdout(command);
    assert!(scratch.path.join("xdg/f1/postgres/PG_VERSION").exists());
}

#[test]
fn the_server_programs_need_not_be_on_the_path() {
    let scratch = Scratch::new();
    let path = "/usr/bin:/bin";
    let is_on_path = path
        .split(':')
        .any(|folder| Path::new(folder).join("initdb").exists());
    if is_on_path {
        eprintln!("SKIPPED, needs initdb off {path}");
        return;
    }
    let mut command = scratch.f1("exec -- true");
    command.env("PATH", path);
    stdout(command);
}

#[test]
fn settings_for_other_servers_are_ignored() {
    let scratch = Scratch::new();
    let mut command = scratch.f1("exec -- true");
    command.envs([
        ("PGPORT", "1"),
        ("PGHOST", "nowhere.invalid"),
        ("PGDATA", "/nonexistent"),
        ("PGSSLMODE", "require"),
        ("LC_ALL", "xx_XX.nonsense"),
    ]);
    stdout(command);
}

#[test]
fn the_exit_code_is_that_of_the_command() {
    let scratch = Scratch::new();
    let code = |script: &str| {
        let mut command = scratch.f1("exec -- sh -c");
        command.arg(script);
        run(command).status.code()
    };
    assert_eq!(code("exit 7"), Some(7));
    assert_eq!(code("kill -TERM $$"), Some(143));
    scratch.assert_nothing_runs();

    let output = run(scratch.f1("exec -- no-such-program"));
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("`no-such-program`"));
    scratch.assert_nothing_runs();
}

#[test]
fn an_external_server_is_used_and_none_started() {
    let scratch = Scratch::new();
    let other = Scratch::new();
    let mut server = other.start(other.f1("exec -- sleep 600"));
    wait_for("a server", || other.owner_entry("port").is_some());
    let url = stdout(other.f1("exec -- printenv DATABASE_URL"));

    let on_external = |words: &str| {
        let mut command = scratch.f1(words);
        command.env("DATABASE_URL", &url);
        command
    };
    assert_eq!(stdout(on_external("exec -- printenv DATABASE_URL")), url);

    let mut command = on_external("psql --");
    command.args(["-Atc", "SHOW port"]);
    let port = other.owner_entry("port").unwrap();
    assert_eq!(stdout(command), port.to_string());

    let mut command = on_external("test -p model");
    command.env("CARGO", scratch.script("cargo", "echo $DATABASE_URL $@"));
    assert_eq!(stdout(command), format!("{url} test -p model"));

    stdout(on_external("etl status"));

    let mut up = scratch.start(on_external("--web 127.0.0.1:0 --api 127.0.0.1:0 --demo"));
    up.wait_for_line();
    let mut command = other.f1("psql --");
    command.args([
        "-Atc",
        "SELECT datname FROM pg_database WHERE datname LIKE 'f1%' ORDER BY 1",
    ]);
    assert_eq!(stdout(command), "f1\nf1_demo");
    up.send(Signal::TERM);
    assert!(up.end().success(), "{}", up.stderr());
    assert!(!scratch.data().exists());
    server.send(Signal::TERM);
    server.end();
}

#[test]
fn tests_run_on_a_throw_away_server() {
    let scratch = Scratch::new();
    let program = env!("CARGO_BIN_EXE_f1");
    let script = format!(
        "echo $@\nfor name in fsync synchronous_commit full_page_writes max_connections; do\n\
         {program} psql -- -Atc \"SHOW $name\" || exit 1\ndone\nexit 3"
    );
    let mut command = scratch.f1("test --release -- --nocapture");
    command.env("CARGO", scratch.script("cargo", &script));
    let output = run(command);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        printed.lines().collect::<Vec<_>>(),
        [
            "test --workspace --release -- --nocapture",
            "off",
            "off",
            "off",
            "200"
        ],
        "{}",
        stderr(&output)
    );
    assert_eq!(output.status.code(), Some(3));
    assert!(!scratch.data().exists());
    let left = fs::read_dir(scratch.path.join("tmp")).unwrap().count();
    assert_eq!(left, 0);
    scratch.assert_nothing_runs();
}
