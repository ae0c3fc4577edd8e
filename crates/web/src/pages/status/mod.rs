//! The status of the pipeline: problems, the next weekend, the age of the data, and the runs of jobs.

mod ledger;
mod weekend;

use askama::Template;
use axum::response::IntoResponse;
use chrono::Datelike as _;
use client::{races::RaceRef, status::Status};

use self::{
    ledger::{Job, Run, job, run},
    weekend::{DataRow, Due, PredictionRow, data_row, due, prediction},
};
use crate::{
    address,
    error::{Error, note_api},
    extract::Api,
    page::{Frame, Page, Section},
    parts::{CorrectionRow, Lede, Link},
    words,
};

#[derive(Template)]
#[template(path = "status.html")]
struct StatusPage {
    frame: Frame,
    lede: Lede,
    problems: Vec<String>,
    due: Vec<Due>,
    data: Vec<DataRow>,
    predictions: Vec<PredictionRow>,
    jobs: Vec<Job>,
    runs: Vec<Run>,
    corrections: Vec<RaceCorrection>,
}

/// A correction with its race.
struct RaceCorrection {
    race: Link,
    row: CorrectionRow,
}

/// `GET /status`
pub(crate) async fn show(Api(api): Api) -> Result<impl IntoResponse, Error> {
    let status = api.status().await?;
    note_api(true);
    // Times leave out this year.
    let year = i16::try_from(status.summary.now.year()).unwrap_or_default();
    Ok(Page(StatusPage {
        frame: Frame::new(Section::Data, &status.summary),
        lede: lede(&status),
        problems: status
            .problems
            .iter()
            .map(|problem| problem.text.clone())
            .collect(),
        due: status
            .next
            .iter()
            .map(|weekend| due(weekend, status.summary.now, year))
            .collect(),
        data: status
            .freshness
            .iter()
            .map(|row| data_row(row, year))
            .collect(),
        predictions: status
            .predictions
            .iter()
            .map(|row| prediction(row, status.summary.now, year))
            .collect(),
        jobs: status.jobs.iter().map(|row| job(row, year)).collect(),
        runs: status.runs.iter().map(|row| run(row, year)).collect(),
        corrections: status
            .corrections
            .iter()
            .map(|row| RaceCorrection {
                race: race_link(&row.race),
                row: CorrectionRow::new(&row.correction, year),
            })
            .collect(),
    }))
}

/// How many problems there are, and the last job.
fn lede(status: &Status) -> Lede {
    let strong = match status.problems.len() {
        0 => "Nothing is wrong.".to_owned(),
        1 => "One thing is wrong.".to_owned(),
        several => format!(
            "{} things are wrong.",
            words::capitalised(&words::number(several))
        ),
    };
    let rest = match status.runs.first() {
        Some(last) if last.running => format!(" The job {} is running.", last.job),
        Some(last) => {
            let ago = (status.summary.now - last.started_at).num_seconds();
            format!(
                " The last job, {}, began {} ago.",
                last.job,
                words::duration(ago.max(0))
            )
        }
        None => " No job has run yet.".to_owned(),
    };
    Lede { strong, rest }
}

fn race_link(race: &RaceRef) -> Link {
    Link::new(
        address::race(race.year, race.round),
        format!("{} {}", race.year, race.name),
    )
}
