//! A program that runs beside a test.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, ExitStatus},
};

use local::process;
use rustix::process::Signal;

use super::wait_for;

/// A program that runs beside the test. It is killed on drop if it has not ended.
pub(crate) struct Running {
    pub(crate) child: Child,
    stdout: PathBuf,
    stderr: PathBuf,
}

impl Running {
    /// Starts a program that writes its output to these files.
    pub(super) fn start(mut command: Command, stdout: PathBuf, stderr: PathBuf) -> Self {
        let child = command
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap())
            .spawn()
            .unwrap();
        Self {
            child,
            stdout,
            stderr,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn send(&self, signal: Signal) {
        process::send(signal, &[self.pid()]);
    }

    pub(crate) fn stdout(&self) -> String {
        fs::read_to_string(&self.stdout).unwrap_or_default()
    }

    pub(crate) fn stderr(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    /// Waits for the line that `f1 up` prints when it serves.
    pub(crate) fn wait_for_line(&mut self) {
        wait_for("the line of `f1 up`", || {
            self.assert_runs();
            self.stdout().ends_with('\n')
        });
    }

    /// The addresses of the site and the API, from the line of `f1 up`.
    pub(crate) fn urls(&self) -> (String, String) {
        let line = self.stdout();
        let mut urls = line.split_whitespace().filter(|word| word.contains("://"));
        (urls.next().unwrap().into(), urls.next().unwrap().into())
    }

    pub(crate) fn assert_runs(&mut self) {
        let status = self.child.try_wait().unwrap();
        assert!(status.is_none(), "{status:?}: {}", self.stderr());
    }

    /// Waits until the program ends.
    pub(crate) fn end(&mut self) -> ExitStatus {
        let mut status = None;
        wait_for("the end of a program", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Kills the program alone; what it started goes on.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.end();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
