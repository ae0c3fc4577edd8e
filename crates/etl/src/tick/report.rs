//! What a tick did.

/// What a tick did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TickReport {
    /// Another process runs a tick, so this one did nothing.
    pub busy: bool,
    /// Jobs that wrote something.
    pub done: usize,
    /// Jobs whose data is not published yet.
    pub not_yet: usize,
    /// The jobs that failed, with the cause; the others ran.
    pub failed: Vec<String>,
    /// A job that fails again and again was not tried this time.
    pub backing_off: bool,
}
