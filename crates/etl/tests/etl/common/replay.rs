//! The replay server of the shared folder, which answers with recorded data of the upstreams.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use chrono::{DateTime, Utc};
use reqwest::Url;

/// A running server, which stops when this is dropped.
pub(crate) struct Replay {
    child: Child,
    server: Url,
    client: reqwest::Client,
}

impl Replay {
    /// Starts the server. Returns `None`, and says so on standard error, if the shared folder does not exist.
    pub(crate) fn start(arguments: &[&str]) -> Option<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstream");
        let script = folder.join("replay.py");
        if !script.is_file() {
            // Not by `eprintln`, which is captured while a test passes.
            std::io::stderr()
                .write_all(b"skipped: the shared data is not there\n")
                .unwrap();
            return None;
        }
        let mut child = Command::new("python3")
            .arg(script)
            .args(["--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let address = line
            .split_whitespace()
            .find(|word| word.starts_with("http"));
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}"));
        let server = address.parse::<Url>().unwrap().join("/").unwrap();
        let client = reqwest::Client::builder().build().unwrap();
        Some(Self {
            child,
            server,
            client,
        })
    }

    /// The address of the server, below which its services are.
    pub(crate) fn address(&self) -> &str {
        self.server.as_str()
    }

    /// Sets the server's clock. What happened later is not published.
    pub(crate) async fn set_now(&self, now: DateTime<Utc>) {
        self.control(&format!("today?value={}", now.format("%Y-%m-%dT%H:%M")))
            .await;
    }

    /// Makes a share of the requests fail; the same requests fail under the same seed.
    pub(crate) async fn faults(&self, seed: u64, rate: f64) {
        self.control(&format!("faults?seed={seed}&rate={rate}"))
            .await;
    }

    async fn control(&self, command: &str) {
        let url = self
            .server
            .join("_control/")
            .unwrap()
            .join(command)
            .unwrap();
        let answer = self.client.post(url).send().await.unwrap();
        assert!(answer.status().is_success(), "{command}: {answer:?}");
    }

    /// The address of a service below the server, such as `ergast/f1`.
    pub(crate) fn service(&self, path: &str) -> Url {
        self.server.join(path).unwrap()
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
