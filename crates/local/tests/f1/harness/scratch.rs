//! A scratch folder for one test, and `f1` run on it.

use std::{
    env, fs,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use local::process::{command_line, is_alive, send};
use rustix::process::Signal;

use super::{NOBODY, Running, postmaster};

/// Variables that would change what the tests see. `f1 test` sets the first.
const REMOVED_VARIABLES: [&str; 15] = [
    "DATABASE_URL",
    "F1DB_URL",
    "F1_CLOCK_SPEED",
    "F1_ETL_LISTEN",
    "F1_NOW",
    "JOLPICA_URL",
    "OPENF1_URL",
    "RAW_KEEP_DAYS",
    "RUST_LOG",
    "SCHEDULE_CALENDAR",
    "SCHEDULE_CORRECTIONS",
    "SCHEDULE_JITTER_SECONDS",
    "SCHEDULE_RELEASE",
    "SCHEDULE_SESSIONS",
    "SHUTDOWN_PATIENCE_SECONDS",
];

/// How to end what still runs at the end of a test. SIGQUIT is an immediate shutdown for a server,
/// but scripts ignore it if the tests run in the background of a shell, which starts its background
/// jobs with SIGINT and SIGQUIT ignored.
const STOP: [(Signal, Duration); 3] = [
    (Signal::QUIT, Duration::from_secs(2)),
    (Signal::TERM, Duration::from_secs(8)),
    (Signal::KILL, Duration::from_secs(10)),
];

/// A folder that every user may enter. On drop, everything that still runs on it is ended, and the
/// folder is deleted.
pub(crate) struct Scratch {
    pub(crate) path: PathBuf,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let name = format!("f1-command-{}-{}", std::process::id(), next_number());
        let path = env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        let path = path.canonicalize().unwrap();
        fs::create_dir(path.join("tmp")).unwrap();
        for folder in [path.clone(), path.join("tmp")] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { path }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.data().join("postgres")
    }

    /// `f1` on this folder, with arguments separated by blanks.
    pub(crate) fn f1(&self, arguments: &str) -> Command {
        self.command(Path::new(env!("CARGO_BIN_EXE_f1")), arguments)
    }

    /// The same as the user `nobody`, on a copy of the program: `nobody` may not be able to read
    /// the build folder.
    pub(crate) fn f1_as_nobody(&self, arguments: &str) -> Command {
        let program = self.path.join("f1");
        if !program.exists() {
            fs::copy(env!("CARGO_BIN_EXE_f1"), &program).unwrap();
        }
        let mut command = self.command(&program, arguments);
        command.uid(NOBODY).gid(NOBODY).current_dir("/");
        command
    }

    fn command(&self, program: &Path, arguments: &str) -> Command {
        let mut command = Command::new(program);
        command
            .arg("--data-dir")
            .arg(self.data())
            .args(arguments.split_whitespace())
            // `processes` finds descendants by this.
            .current_dir(&self.path)
            .env("TMPDIR", self.path.join("tmp"))
            .stdin(Stdio::null());
        for name in REMOVED_VARIABLES {
            command.env_remove(name);
        }
        command
    }

    /// Writes an executable shell script.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path.join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Starts a program with its output in files of this folder.
    pub(crate) fn start(&self, command: Command) -> Running {
        let number = next_number();
        let file = |name: &str| self.path.join(format!("{name}-{number}"));
        Running::start(command, file("stdout"), file("stderr"))
    }

    /// Starts `f1 up --demo` on free ports and waits until it serves.
    pub(crate) fn up(&self) -> Running {
        self.serving("up --demo --web 127.0.0.1:0 --api 127.0.0.1:0")
    }

    /// The same with the data of an upstream.
    pub(crate) fn up_from(&self, upstream: &str) -> Running {
        self.serving(&format!(
            "--upstream {upstream} --web 127.0.0.1:0 --api 127.0.0.1:0"
        ))
    }

    fn serving(&self, arguments: &str) -> Running {
        let mut running = self.start(self.f1(arguments));
        running.wait_for_line();
        running
    }

    /// The value of a line in the owner's lock file.
    pub(crate) fn owner_entry(&self, name: &str) -> Option<u32> {
        let text = fs::read_to_string(self.data().join("owner.lock")).ok()?;
        let value = text.lines().find_map(|line| line.strip_prefix(name))?;
        value.trim().parse().ok()
    }

    /// The process of the server in the data folder.
    pub(crate) fn postmaster(&self) -> Option<u32> {
        postmaster(&self.cluster())
    }

    /// The processes that use this folder: it is on their command line, or their working folder is
    /// in it.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let path = self.path.to_str().unwrap();
        entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|pid| {
                let is_named = command_line(*pid).is_some_and(|line| line.contains(path));
                let works_here = fs::read_link(format!("/proc/{pid}/cwd"))
                    .is_ok_and(|folder| folder.starts_with(path));
                (is_named || works_here) && is_alive(*pid)
            })
            .collect()
    }

    pub(crate) fn assert_nothing_runs(&self) {
        let lines: Vec<_> = self
            .processes()
            .into_iter()
            .filter_map(command_line)
            .collect();
        assert_eq!(lines, Vec::<String>::new(), "left behind");
        assert_eq!(self.postmaster(), None);
    }

    /// Ends everything that runs on this folder, and waits until it is gone.
    pub(crate) fn stop_everything(&self) {
        for (signal, patience) in STOP {
            let deadline = Instant::now() + patience;
            while Instant::now() < deadline {
                // Listed anew each time: a script may have started another program.
                let left = self.processes();
                if left.is_empty() {
                    return;
                }
                send(signal, &left);
                thread::sleep(Duration::from_millis(50));
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.stop_everything();
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// A number that no other folder or file of this run has.
fn next_number() -> u32 {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}
