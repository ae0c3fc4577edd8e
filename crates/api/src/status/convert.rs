//! The state of the pipeline in the types of the API.

use client::status as answer;
use schema::pipeline as state;

use crate::error::{Error, word};

pub(super) fn race(race: state::RaceTitle) -> answer::RaceRef {
    answer::RaceRef {
        year: race.year,
        round: race.round,
        name: race.name,
    }
}

pub(super) fn problem(problem: &state::Problem) -> Result<answer::PipelineProblem, Error> {
    Ok(answer::PipelineProblem {
        kind: word(problem.kind.as_str())?,
        since: problem.since,
        text: problem.to_string(),
    })
}

pub(super) fn weekend(weekend: state::Weekend) -> Result<answer::Weekend, Error> {
    let sessions: Result<_, _> = weekend.sessions.into_iter().map(session).collect();
    Ok(answer::Weekend {
        race: race(weekend.race),
        sessions: sessions?,
    })
}

fn session(session: state::WeekendSession) -> Result<answer::SessionState, Error> {
    let lists: Result<_, _> = session.lists.into_iter().map(list).collect();
    Ok(answer::SessionState {
        session: word(session.session.as_str())?,
        date: session.date,
        starts_at: session.starts_at,
        ends_at: session.scheduled_end,
        lists: lists?,
    })
}

fn list(list: state::WeekendList) -> Result<answer::ListState, Error> {
    Ok(answer::ListState {
        list: word(list.list.as_str())?,
        source: list
            .source
            .map(|source| word(source.as_str()))
            .transpose()?,
        first_seen: list.first_seen,
        delay_s: list.delay.map(|delay| delay.num_seconds()),
        awaited: list.awaited,
    })
}

pub(super) fn freshness(freshness: state::Freshness) -> Result<answer::Freshness, Error> {
    Ok(answer::Freshness {
        data: word(freshness.data.as_str())?,
        race: freshness.race.map(race),
        release: freshness.release,
        source: freshness
            .source
            .map(|source| word(source.as_str()))
            .transpose()?,
        written_at: freshness.written_at,
        checked_at: freshness.checked_at,
    })
}

pub(super) fn timeliness(timeliness: state::Timeliness) -> Result<answer::Timeliness, Error> {
    let lead = timeliness.lead();
    let lateness = timeliness.lateness();
    let prediction = timeliness.prediction;
    let missing = prediction.iter().flat_map(|made| &made.inputs_missing);
    Ok(answer::Timeliness {
        race: race(timeliness.race),
        contest: word(timeliness.contest.as_str())?,
        starts_at: timeliness.starts_at,
        made_at: prediction.as_ref().map(|made| made.made_at),
        moment: prediction
            .as_ref()
            .map(|made| word(made.moment.as_str()))
            .transpose()?,
        kind: prediction
            .as_ref()
            .map(|made| word(made.kind.as_str()))
            .transpose()?,
        lead_s: lead.map(|lead| lead.num_seconds()),
        late_s: lateness.map(|lateness| lateness.num_seconds()),
        missing: missing
            .map(|input| word(input.as_str()))
            .collect::<Result<_, _>>()?,
    })
}

pub(super) fn run(run: state::JobRun) -> Result<answer::JobRun, Error> {
    Ok(answer::JobRun {
        id: run.id,
        job: run.job,
        season: run.season,
        round: run.round,
        race: run.race,
        attempt: run.attempt,
        outcome: run
            .outcome
            .map(|outcome| word(outcome.as_str()))
            .transpose()?,
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
    })
}
