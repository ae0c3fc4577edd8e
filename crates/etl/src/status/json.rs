//! The state as JSON.

use schema::{
    JobOutcome, Upstream,
    pipeline::{Freshness, JobRun, Timeliness, Weekend, WeekendList, WeekendSession},
};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{Status, newest};

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let problems: Vec<String> = self.problems.iter().map(ToString::to_string).collect();
        let next: Vec<Value> = self.weekends.iter().flat_map(sessions).collect();
        json!({
            "now": self.now,
            "release": self.summary.release,
            "seasons": self.summary.seasons,
            "races_completed": self.summary.races_completed,
            "live_predictions": self.summary.live_predictions,
            "retrospective_predictions": self.summary.retrospective_predictions,
            "problems": problems,
            "next": next,
            "jobs": self.jobs.iter().map(job).collect::<Vec<_>>(),
            "freshness": self.freshness.iter().map(freshness).collect::<Vec<_>>(),
            "predictions": self.timeliness.iter().map(timeliness).collect::<Vec<_>>(),
        })
        .serialize(serializer)
    }
}

fn sessions(weekend: &Weekend) -> impl Iterator<Item = Value> {
    weekend
        .sessions
        .iter()
        .map(|session| self::session(weekend, session))
}

fn session(weekend: &Weekend, session: &WeekendSession) -> Value {
    let names = |is_shown: fn(&WeekendList) -> bool| -> Vec<&str> {
        let shown = session.lists.iter().filter(|list| is_shown(list));
        shown.map(|list| list.list.as_str()).collect()
    };
    json!({
        "year": weekend.race.year,
        "round": weekend.race.round,
        "race": weekend.race.name,
        "session": session.session.as_str(),
        "date": session.date,
        "starts_at": session.starts_at,
        "stored": names(|list| list.source.is_some()),
        "awaited": names(|list| list.awaited),
    })
}

fn job(run: &JobRun) -> Value {
    json!({
        "job": run.job,
        "season": run.season,
        "round": run.round,
        "attempt": run.attempt,
        "started_at": run.started_at,
        "outcome": run.outcome.map(JobOutcome::as_str),
        "running": run.running,
        "duration_ms": run.duration_ms,
        "detail": run.detail,
        "error": run.error,
    })
}

fn freshness(freshness: &Freshness) -> Value {
    json!({
        "data": freshness.data.as_str(),
        "newest": newest(freshness),
        "source": freshness.source.map(Upstream::as_str),
        "written_at": freshness.written_at,
        "checked_at": freshness.checked_at,
    })
}

fn timeliness(timeliness: &Timeliness) -> Value {
    let prediction = timeliness.prediction.as_ref();
    json!({
        "year": timeliness.race.year,
        "round": timeliness.race.round,
        "race": timeliness.race.name,
        "contest": timeliness.contest.as_str(),
        "starts_at": timeliness.starts_at,
        "made_at": prediction.map(|made| made.made_at),
        "moment": prediction.map(|made| made.moment.as_str()),
        "kind": prediction.map(|made| made.kind.as_str()),
        "lead_s": timeliness.lead().map(|lead| lead.num_seconds()),
        "late_s": timeliness.lateness().map(|lateness| lateness.num_seconds()),
    })
}
