//! The signals that end `f1`, awaited instead of suffered, so that it can tidy up.

use std::process::ExitCode;

use anyhow::{Context, Result};
use tokio::signal::unix::{self, SignalKind};

/// The signals that ask us to end. While this exists they do nothing by themselves.
#[derive(Debug)]
pub struct Signals {
    interrupt: unix::Signal,
    terminate: unix::Signal,
    hangup: Option<unix::Signal>,
    told_to_end: bool,
}

/// A request to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C; a terminal sends it to our children as well.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// The terminal went away.
    Hangup,
}

impl Signals {
    /// Takes the signals over; must be called inside a runtime.
    pub fn listen() -> Result<Self> {
        let listen = |kind| unix::signal(kind).context("cannot listen for signals");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            // `nohup f1` means what it says.
            hangup: if hangup_is_ignored() {
                None
            } else {
                Some(listen(SignalKind::hangup())?)
            },
            told_to_end: false,
        })
    }

    /// Waits for the next request to end. Nothing is lost when the wait is dropped.
    pub async fn next(&mut self) -> Signal {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        let signal = tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
            _ = hangup => Signal::Hangup,
        };
        self.told_to_end |= signal != Signal::Interrupt;
        signal
    }

    /// Whether we were told to end, by a signal that can mean nothing else: a Ctrl-C may have been
    /// meant for our child alone.
    #[must_use]
    pub fn told_to_end(&self) -> bool {
        self.told_to_end
    }
}

impl Signal {
    /// The exit code of a program that ended because of this signal: 128 and its number.
    #[must_use]
    pub fn exit_code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Hangup => 129,
            Self::Interrupt => 130,
            Self::Terminate => 143,
        })
    }
}

/// Whether our parent made us ignore SIGHUP. Elsewhere than on Linux nobody tells.
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask & 1 != 0)
}
