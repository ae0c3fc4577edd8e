//! The signals that ask `f1` to end. They are awaited, so that it can tidy up first.

use std::process::ExitCode;

use anyhow::{Context, Result};
use rustix::process::Signal;
use tokio::signal::unix::{self, SignalKind};

/// Listens for SIGINT, SIGTERM and SIGHUP. While this exists they do not end the process.
#[derive(Debug)]
pub struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
    hangup: Option<unix::Signal>,
    must_end: bool,
}

impl Signals {
    /// Takes the signals over. Must be called inside a runtime.
    pub fn listen() -> Result<Self> {
        let listen = |kind| unix::signal(kind).context("cannot listen for signals");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            // Under `nohup`, SIGHUP stays ignored.
            hangup: if hangup_is_ignored() {
                None
            } else {
                Some(listen(SignalKind::hangup())?)
            },
            must_end: false,
        })
    }

    /// Waits for the next request to end. Cancel safe: no signal is lost when the wait is dropped.
    pub async fn next(&mut self) -> Signal {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        let signal = tokio::select! {
            _ = self.interrupt.recv() => Signal::INT,
            _ = self.terminate.recv() => Signal::TERM,
            _ = hangup => Signal::HUP,
        };
        self.must_end |= signal != Signal::INT;
        signal
    }

    /// Whether SIGTERM or SIGHUP has arrived. A Ctrl-C does not count: a terminal sends it to our
    /// children as well, and it may be meant for them alone.
    #[must_use]
    pub fn must_end(&self) -> bool {
        self.must_end
    }
}

/// The exit code of a program that a signal ended: 128 and the signal's number.
#[must_use]
pub fn exit_code(signal: Signal) -> ExitCode {
    ExitCode::from(u8::try_from(128 + signal.as_raw()).unwrap_or(u8::MAX))
}

/// Whether our parent made us ignore SIGHUP. Only Linux shows it; elsewhere the answer is no.
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_are_those_of_a_shell() {
        for (signal, code) in [(Signal::HUP, 129), (Signal::INT, 130), (Signal::TERM, 143)] {
            assert_eq!(exit_code(signal), ExitCode::from(code));
        }
    }
}
