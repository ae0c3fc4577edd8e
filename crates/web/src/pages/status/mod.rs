//! Status of the pipeline: what is wrong, what is due next, how fresh the data is, and what ran.

mod ledger;
mod weekend;

use askama::Template;
use axum::response::IntoResponse;
use chrono::Datelike as _;
use client::{races::RaceRef, status::Status};

use ledger::{Job, Run, job, run};
use weekend::{DataRow, Due, Forecast, data_row, due, forecast};

use super::{
    corrections::{Corrected, corrected},
    note_api,
};
use crate::{
    error::Error,
    extract::Api,
    page::{Frame, Page, Part},
    parts::{Lede, Link},
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
    forecasts: Vec<Forecast>,
    jobs: Vec<Job>,
    runs: Vec<Run>,
    corrections: Vec<OfRace>,
}

struct OfRace {
    race: Link,
    row: Corrected,
}

/// `GET /status`
pub(crate) async fn show(Api(api): Api) -> Result<impl IntoResponse, Error> {
    let status = api.status().await?;
    note_api(true);
    // The year that goes without saying.
    let year = i16::try_from(status.summary.now.year()).unwrap_or_default();
    Ok(Page(StatusPage {
        frame: Frame::new(Part::Data, &status.summary),
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
        forecasts: status
            .predictions
            .iter()
            .map(|row| forecast(row, status.summary.now, year))
            .collect(),
        jobs: status.jobs.iter().map(|row| job(row, year)).collect(),
        runs: status.runs.iter().map(|row| run(row, year)).collect(),
        corrections: status
            .corrections
            .iter()
            .map(|row| OfRace {
                race: race_link(&row.race),
                row: corrected(&row.correction, year),
            })
            .collect(),
    }))
}

fn lede(status: &Status) -> Lede {
    let strong = match status.problems.len() {
        0 => "Nothing is wrong.".to_owned(),
        1 => "One thing is wrong.".to_owned(),
        several => format!(
            "{} things are wrong.",
            words::sentence(&words::number(several))
        ),
    };
    let rest = match status.runs.first() {
        Some(last) if last.running => format!(" {} is at work.", last.job),
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
        format!("/seasons/{}/races/{}", race.year, race.round),
        format!("{} {}", race.year, race.name),
    )
}
