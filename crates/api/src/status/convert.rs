//! The state of the pipeline in the types of the API.

use client::{races::RaceRef, status as answer};
use schema::pipeline as state;

fn race(race: state::RaceTitle) -> RaceRef {
    RaceRef {
        year: race.year,
        round: race.round,
        name: race.name,
    }
}

pub(super) fn problem(problem: &state::Problem) -> answer::PipelineProblem {
    answer::PipelineProblem {
        kind: problem.kind,
        since: problem.since,
        text: problem.to_string(),
    }
}

pub(super) fn weekend(weekend: state::Weekend) -> answer::Weekend {
    answer::Weekend {
        race: race(weekend.race),
        sessions: weekend.sessions.iter().map(session).collect(),
    }
}

fn session(session: &state::WeekendSession) -> answer::SessionState {
    answer::SessionState {
        session: session.session,
        date: session.date,
        starts_at: session.starts_at,
        ends_at: session.scheduled_end,
        lists: session.lists.iter().copied().map(list).collect(),
    }
}

fn list(list: state::WeekendList) -> answer::ListState {
    answer::ListState {
        list: list.list,
        source: list.source,
        first_seen: list.first_seen,
        delay_s: list.delay.map(|delay| delay.num_seconds()),
        awaited: list.awaited,
    }
}

pub(super) fn freshness(freshness: state::Freshness) -> answer::Freshness {
    answer::Freshness {
        data: freshness.data,
        race: freshness.race.map(race),
        release: freshness.release,
        source: freshness.source,
        written_at: freshness.written_at,
        checked_at: freshness.checked_at,
    }
}

pub(super) fn timeliness(timeliness: state::Timeliness) -> answer::Timeliness {
    let lead = timeliness.lead();
    let lateness = timeliness.lateness();
    let prediction = timeliness.prediction;
    answer::Timeliness {
        race: race(timeliness.race),
        contest: timeliness.contest,
        starts_at: timeliness.starts_at,
        made_at: prediction.as_ref().map(|made| made.made_at),
        moment: prediction.as_ref().map(|made| made.moment),
        kind: prediction.as_ref().map(|made| made.kind),
        lead_s: lead.map(|lead| lead.num_seconds()),
        late_s: lateness.map(|lateness| lateness.num_seconds()),
        missing: prediction.map_or_else(Vec::new, |made| made.inputs_missing),
    }
}

pub(super) fn run(run: state::JobRun) -> answer::JobRun {
    answer::JobRun {
        id: run.id,
        job: run.job,
        season: run.season,
        round: run.round,
        race: run.race,
        attempt: run.attempt,
        outcome: run.outcome,
        running: run.running,
        started_at: run.started_at,
        finished_at: run.finished_at,
        duration_ms: run.duration_ms,
        rows_read: run.rows_read,
        rows_inserted: run.rows_inserted,
        rows_changed: run.rows_changed,
        rows_deleted: run.rows_deleted,
        disagreements: run.disagreements,
        upstream_requests: run.upstream_requests,
        detail: run.detail,
        error: run.error,
    }
}
