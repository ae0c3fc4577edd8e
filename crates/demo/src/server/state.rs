//! The state of the server: the championship, what changes and what is hidden, the clock and the faults.

use std::{collections::HashMap, sync::Arc};

use axum::{extract::Request, http::StatusCode, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use vocabulary::{SessionKind, Upstream};

use super::{
    Requests,
    answer::Answer,
    f1db,
    faults::Faults,
    jolpica, openf1,
    scenario::{Change, Scenario},
};

/// Everything that answers are made from.
pub(crate) struct State {
    /// The championship without any change.
    pub(crate) planned: Scenario,
    /// In the order of time.
    changes: Vec<Change>,
    /// What an upstream never publishes: race id and session.
    hidden: Vec<(Upstream, String, SessionKind)>,
    /// How much later than the others an upstream learns of changes.
    pub(crate) delays: HashMap<Upstream, TimeDelta>,
    pub(crate) now: DateTime<Utc>,
    /// The earlier instant that answers are of, if they are stale.
    pub(crate) stale: Option<DateTime<Utc>>,
    pub(crate) down: bool,
    pub(crate) faults: Faults,
    pub(crate) requests: Requests,
    /// Scenarios by upstream and number of changes that it knows.
    scenarios: HashMap<(Upstream, usize), Arc<Scenario>>,
    /// Releases by tag.
    pub(crate) releases: HashMap<String, f1db::Archive>,
}

/// What one upstream answers from.
pub(crate) struct View {
    /// The championship as this upstream knows it.
    pub(crate) scenario: Arc<Scenario>,
    /// The instant that the answer is of. Sessions that were not over by then are not published.
    pub(crate) at: DateTime<Utc>,
    /// The time, which is later than `at` if answers are stale.
    pub(crate) now: DateTime<Utc>,
}

impl State {
    /// The state of a new server.
    pub(crate) fn new(planned: Scenario, now: DateTime<Utc>) -> Self {
        Self {
            planned,
            changes: Vec::new(),
            hidden: Vec::new(),
            delays: HashMap::new(),
            now,
            stale: None,
            down: false,
            faults: Faults::new(0, 0.0),
            requests: Requests::default(),
            scenarios: HashMap::new(),
            releases: HashMap::new(),
        }
    }

    /// The instant that answers are of.
    pub(crate) fn answers_as_of(&self) -> DateTime<Utc> {
        self.stale.unwrap_or(self.now)
    }

    /// The championship as an upstream knows it at an instant.
    pub(crate) fn scenario(&mut self, upstream: Upstream, at: DateTime<Utc>) -> Arc<Scenario> {
        let delay = self.delays.get(&upstream).copied().unwrap_or_default();
        let is_known = |change: &&Change| change.at + delay <= at;
        let known = self.changes.iter().filter(is_known).count();
        let scenario = self.scenarios.entry((upstream, known)).or_insert_with(|| {
            let mut scenario = self.planned.clone();
            for change in &self.changes[..known] {
                scenario.apply(change);
            }
            for (of, race, kind) in &self.hidden {
                if *of == upstream {
                    scenario.remove(race, *kind);
                }
            }
            Arc::new(scenario)
        });
        scenario.clone()
    }

    /// Adds a change.
    pub(crate) fn add(&mut self, change: Change) {
        self.changes.push(change);
        self.changes.sort_by_key(|change| change.at);
        self.clear_caches();
    }

    /// Makes an upstream never publish a session.
    pub(crate) fn hide(&mut self, upstream: Upstream, race: String, kind: SessionKind) {
        self.hidden.push((upstream, race, kind));
        self.clear_caches();
    }

    fn clear_caches(&mut self) {
        self.scenarios.clear();
        self.releases.clear();
    }

    fn view(&mut self, upstream: Upstream) -> View {
        let at = self.answers_as_of();
        View {
            scenario: self.scenario(upstream, at),
            at,
            now: self.now,
        }
    }

    /// Answers a request to any of the upstreams.
    pub(crate) fn answer(&mut self, request: &Request) -> Response {
        let uri = request.uri();
        let (path, query) = (uri.path(), uri.query().unwrap_or_default());
        let fault = self.faults.next(&uri.to_string());
        let answer = if let Some(path) = path.strip_prefix("/f1db/f1db/") {
            self.requests.f1db += 1;
            f1db::answer(self, path, request.headers())
        } else if let Some(path) = path.strip_prefix("/ergast/f1/") {
            self.requests.jolpica += 1;
            jolpica::answer(&self.view(Upstream::Jolpica), path, query)
        } else if let Some(path) = path.strip_prefix("/v1/") {
            self.requests.openf1 += 1;
            openf1::answer(&self.view(Upstream::Openf1), path, query)
        } else {
            Answer::html(StatusCode::NOT_FOUND)
        };
        if self.down {
            return Answer::unavailable().into_response(None);
        }
        answer.into_response(fault)
    }
}
