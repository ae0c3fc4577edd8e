//! A data folder of its own for each test, and `f1` run on it.

use std::{
    env,
    fs::{self, File},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use local::process::{is_alive, send};

/// A folder that anybody may enter; what still runs on it is stopped at the end.
pub(crate) struct Scratch {
    pub(crate) path: PathBuf,
}

/// A program that runs beside the test; killed at the end if it has not ended.
pub(crate) struct Running {
    pub(crate) child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

/// Variables by which whoever runs the tests would change what they see; `f1 test` sets the first.
pub(crate) const FOREIGN: [&str; 15] = [
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

/// The user and group id of `nobody`, near enough everywhere.
pub(crate) const NOBODY: u32 = 65534;

impl Scratch {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("f1-command-{}-{number}", std::process::id());
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

    /// `f1` on this scratch folder, its words divided by blanks.
    pub(crate) fn f1(&self, words: &str) -> Command {
        self.command(Path::new(env!("CARGO_BIN_EXE_f1")), words)
    }

    /// The same as the user `nobody`, who can reach neither our build nor our data.
    pub(crate) fn f1_as_nobody(&self, words: &str) -> Command {
        let program = self.path.join("f1");
        if !program.exists() {
            fs::copy(env!("CARGO_BIN_EXE_f1"), &program).unwrap();
        }
        let mut command = self.command(&program, words);
        command.uid(NOBODY).gid(NOBODY).current_dir("/");
        command
    }

    fn command(&self, program: &Path, words: &str) -> Command {
        let mut command = Command::new(program);
        command
            .arg("--data-dir")
            .arg(self.data())
            .args(words.split_whitespace())
            // What it starts is known by this, see `processes`.
            .current_dir(&self.path)
            .env("TMPDIR", self.path.join("tmp"))
            .stdin(Stdio::null());
        for name in FOREIGN {
            command.env_remove(name);
        }
        command
    }

    /// An executable script.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path.join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// Starts a program, with what it prints in files.
    pub(crate) fn start(&self, mut command: Command) -> Running {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let stdout = self.path.join(format!("stdout-{number}"));
        let stderr = self.path.join(format!("stderr-{number}"));
        let child = command
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap())
            .spawn()
            .unwrap();
        Running {
            child,
            stdout,
            stderr,
        }
    }

    /// Starts `f1 up` with the demo on free ports and waits until it serves.
    pub(crate) fn up(&self) -> Running {
        self.serving("up --demo --web 127.0.0.1:0 --api 127.0.0.1:0")
    }

    /// The same with the data of an upstream.
    pub(crate) fn up_from(&self, upstream: &str) -> Running {
        self.serving(&format!(
            "--upstream {upstream} --web 127.0.0.1:0 --api 127.0.0.1:0"
        ))
    }

    fn serving(&self, words: &str) -> Running {
        let mut running = self.start(self.f1(words));
        running.wait_for_line();
        running
    }

    /// A value in the owner's lock file.
    pub(crate) fn owner_says(&self, name: &str) -> Option<u32> {
        let text = fs::read_to_string(self.data().join("owner.lock")).ok()?;
        let value = text.lines().find_map(|line| line.strip_prefix(name))?;
        value.trim().parse().ok()
    }

    /// The process of the server in a data folder.
    pub(crate) fn postmaster(&self) -> Option<u32> {
        postmaster(&self.cluster())
    }

    /// The processes that have to do with this folder: named on their command line, or at work
    /// in it.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let path = self.path.to_str().unwrap();
        entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|pid| {
                let named =
                    local::process::command_line(*pid).is_some_and(|line| line.contains(path));
                let at_work = fs::read_link(format!("/proc/{pid}/cwd"))
                    .is_ok_and(|folder| folder.starts_with(path));
                (named || at_work) && is_alive(*pid)
            })
            .collect()
    }

    pub(crate) fn assert_nothing_runs(&self) {
        let lines: Vec<_> = self
            .processes()
            .into_iter()
            .filter_map(local::process::command_line)
            .collect();
        assert_eq!(lines, Vec::<String>::new(), "left behind");
        assert_eq!(self.postmaster(), None);
    }

    /// Ends what still runs on this folder, and waits for that.
    pub(crate) fn stop_everything(&self) {
        send("QUIT", &self.processes());
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.processes().is_empty() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.stop_everything();
        let _ = fs::remove_dir_all(&self.path);
    }
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn send(&self, signal: &str) {
        send(signal, &[self.pid()]);
    }

    pub(crate) fn stdout(&self) -> String {
        fs::read_to_string(&self.stdout).unwrap_or_default()
    }

    pub(crate) fn wait_for_line(&mut self) {
        wait_for("the line of `f1 up`", || {
            self.assert_runs();
            self.stdout().ends_with('\n')
        });
    }

    /// Where the site and the API are, by the line of `f1 up`.
    pub(crate) fn urls(&self) -> (String, String) {
        let line = self.stdout();
        let mut urls = line.split_whitespace().filter(|word| word.contains("://"));
        (urls.next().unwrap().into(), urls.next().unwrap().into())
    }

    pub(crate) fn stderr(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    pub(crate) fn assert_runs(&mut self) {
        let status = self.child.try_wait().unwrap();
        assert!(status.is_none(), "{status:?}: {}", self.stderr());
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> ExitStatus {
        let mut status = None;
        wait_for("the end of a program", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The process that `postmaster.pid` names.
pub(crate) fn postmaster(cluster: &Path) -> Option<u32> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// Waits for something that must come to pass within a minute.
pub(crate) fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !condition() {
        assert!(Instant::now() < deadline, "{what} does not come to pass");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Runs a program to its end.
pub(crate) fn run(mut command: Command) -> Output {
    command.output().unwrap()
}

/// Runs a program that must succeed; what it printed.
pub(crate) fn stdout(command: Command) -> String {
    let output = run(command);
    assert!(output.status.success(), "{}", stderr(&output));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Runs a program that must fail, and whose complaint must contain all this.
pub(crate) fn assert_fails(command: Command, parts: &[&str]) {
    let output = run(command);
    let complaint = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    for part in parts {
        assert!(complaint.contains(part), "{part:?} is not in: {complaint}");
    }
}

/// Whether the tests run as root; says so when they do not.
pub(crate) fn is_root(test: &str) -> bool {
    let probe = Scratch::new();
    let is_root = fs::metadata(&probe.path).unwrap().uid() == 0;
    if !is_root {
        eprintln!("SKIPPED, needs root: {test}");
    }
    is_root
}
