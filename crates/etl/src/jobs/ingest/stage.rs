//! A stage: rows, what follows from them, and the move of the race's status, in one transaction.

use anyhow::Result;
use schema::{Contest, JobOutcome, RaceList, RaceStatus};
use sqlx::{Connection as _, PgConnection};

use super::{Step, write};
use crate::{
    Context,
    calendar::{self, Round},
    jobs::{Report, Which, ledger, predictions, season_stats},
    sources::{PublishedList, SeasonLists},
    words,
};

/// Writes what was published, with all that follows.
pub(super) async fn commit(
    ctx: &Context,
    round: &Round,
    published: Vec<PublishedList>,
) -> Result<Report> {
    let mut transaction = ctx.begin().await?;
    let written = write::write(&mut transaction, ctx, round, &published).await?;
    let mut report = written.report(round, &published);
    let results = written
        .stored
        .iter()
        .any(|list| matches!(list, RaceList::Race | RaceList::Sprint));
    let forecasts = written
        .stored
        .iter()
        .any(|list| !matches!(list, RaceList::PitStops | RaceList::Laps));
    // Before the standings: they are those after completed races.
    let reached = advance(&mut transaction, round).await?;
    let decided = [RaceStatus::SprintDone, RaceStatus::Completed];
    if results || reached.iter().any(|status| decided.contains(status)) {
        compute_stats(&mut transaction, ctx, round.year).await?;
    }
    if !reached.is_empty() || (forecasts && !report.changes.is_empty()) {
        let late = reached
            .iter()
            .filter_map(|status| decided_by(*status, round));
        follow(
            &mut transaction,
            ctx,
            round.year,
            Some((round, late.collect())),
        )
        .await?;
    }
    if let Some(status) = reached.last() {
        let moved = format!("{} → {status}", round.status);
        report.detail = if published.is_empty() {
            format!("{}: {moved}, by lists that were held", round.name)
        } else {
            format!("{}; {moved}", report.detail)
        };
        // A move is news, even where a release brought the rows before.
        report.changes.changed += 1;
    }
    transaction.commit().await?;
    Ok(report)
}

/// What became of the lists of a season.
#[derive(Debug, Default)]
pub struct Season {
    /// Rows and moves of status.
    pub report: Report,
    /// Races whose lists could not be written, and why.
    pub failed: Vec<String>,
}

/// Writes the lists of a season, completes the races whose result is held, and does all that follows once, in one
/// transaction. A race that cannot be written does not hold up the others. `part_of_job` is recorded where the run that
/// this belongs to has another name.
pub async fn commit_season(
    ctx: &Context,
    year: i16,
    lists: SeasonLists,
    part_of_job: Option<&'static str>,
) -> Result<Season> {
    let mut transaction = ctx.begin().await?;
    let mut season = Season::default();
    let mut notes = lists.notes;
    for (round, published) in &lists.rounds {
        let mut of_round = transaction.begin().await?;
        match write::write(&mut of_round, ctx, round, published).await {
            Ok(written) => {
                of_round.commit().await?;
                season.report.changes += written.changes;
                season.report.disagreements += written.disagreements;
                notes.extend(written.notes);
            }
            Err(error) => {
                of_round.rollback().await?;
                season
                    .failed
                    .push(format!("{}: {}", round.name, words(&error)));
            }
        }
    }
    let mut moved = Vec::new();
    for round in calendar::read(&mut transaction, Which::season(year)).await? {
        let open = !matches!(round.status, RaceStatus::Completed | RaceStatus::Cancelled);
        if open && round.stored.contains_key(&RaceList::Race) {
            let reached = advance(&mut transaction, &round).await?;
            if let Some(status) = reached.last() {
                moved.push(*status);
                // A move is news, even where the rows were there before.
                season.report.changes.changed += 1;
            }
        }
    }
    let completed = moved
        .iter()
        .filter(|status| **status == RaceStatus::Completed);
    let (races, completed) = (lists.rounds.len(), completed.count());
    season.report.detail = format!("{year}: lists of {races} races, {completed} completed by them");
    for note in notes {
        season.report.detail.push_str("; ");
        season.report.detail.push_str(&note);
    }
    if !season.report.changes.is_empty() {
        compute_stats(&mut transaction, ctx, year).await?;
        follow(&mut transaction, ctx, year, None).await?;
        if let Some(job) = part_of_job {
            let which = Which::season(year);
            ledger::record_part(&mut transaction, ctx, job, which, &season.report).await?;
        }
    }
    transaction.commit().await?;
    Ok(season)
}

async fn compute_stats(connection: &mut PgConnection, ctx: &Context, year: i16) -> Result<()> {
    let changes = season_stats::compute(connection, Some(year)).await?;
    let stats = Report::of(changes, format!("season {year}"));
    let which = Which::season(year);
    ledger::record_part(connection, ctx, "compute_season_stats", which, &stats).await
}

/// Makes every move that the lists allow which are held, in the order of the weekend.
async fn advance(connection: &mut PgConnection, round: &Round) -> Result<Vec<RaceStatus>> {
    let now_held = calendar::read(connection, round.which()).await?;
    let Some(now) = now_held.into_iter().find(|of| of.race == round.race) else {
        return Ok(Vec::new());
    };
    let holds =
        |status: RaceStatus| list_of(status).is_some_and(|list| now.stored.contains_key(&list));
    let mut reached = Vec::new();
    let mut status = now.status;
    loop {
        let mut next = status.next(now.format).iter().copied();
        // What was never published, or never held, does not keep a race that was run from being completed.
        let passed_over = || {
            let expected = status.next(now.format).first().copied();
            expected.filter(|_| holds(RaceStatus::Completed))
        };
        let Some(to) = next.find(|to| holds(*to)).or_else(passed_over) else {
            return Ok(reached);
        };
        sqlx::query!(
            "UPDATE races SET status = $2 WHERE id = $1",
            round.race.0,
            to as RaceStatus
        )
        .execute(&mut *connection)
        .await?;
        reached.push(to);
        status = to;
    }
}

/// The step whose list is held while the status waits for it: a job was run by hand.
#[must_use]
pub fn overdue(round: &Round) -> Option<Step> {
    let next = round.status.next(round.format).iter().copied();
    let held =
        |status: &RaceStatus| list_of(*status).is_some_and(|list| round.stored.contains_key(&list));
    next.into_iter().find(held).map(|status| match status {
        RaceStatus::SprintQualifyingDone => Step::SprintQualifying,
        RaceStatus::SprintDone => Step::Sprint,
        RaceStatus::QualifyingDone => Step::Qualifying,
        _ => Step::Race,
    })
}

/// The list that brings a race to a status.
const fn list_of(status: RaceStatus) -> Option<RaceList> {
    match status {
        RaceStatus::SprintQualifyingDone => Some(RaceList::SprintQualifying),
        RaceStatus::SprintDone => Some(RaceList::Sprint),
        RaceStatus::QualifyingDone => Some(RaceList::Qualifying),
        RaceStatus::Completed => Some(RaceList::Race),
        RaceStatus::Scheduled | RaceStatus::Cancelled => None,
    }
}

/// The contest whose forecast a status implies.
const fn decided_by(status: RaceStatus, round: &Round) -> Option<Contest> {
    match status {
        RaceStatus::SprintQualifyingDone => Some(Contest::Sprint),
        RaceStatus::QualifyingDone => Some(match round.format {
            // Friday's qualifying is the sprint's.
            schema::EventFormat::Sprint => Contest::Sprint,
            _ => Contest::GrandPrix,
        }),
        _ => None,
    }
}

/// Features and forecasts of what is ahead in a season, and of `late` contests of one race even if it has begun. Each
/// kind of forecast that says something new is a row of the ledger.
pub async fn follow(
    connection: &mut PgConnection,
    ctx: &Context,
    season: i16,
    late: Option<(&Round, Vec<Contest>)>,
) -> Result<()> {
    let (race, contests) = match late {
        Some((round, contests)) => (Some(round.race), contests),
        None => (None, Vec::new()),
    };
    let ahead = predictions::RefreshScope {
        season,
        race,
        late: contests,
    };
    for part in predictions::refresh(connection, ctx, &ahead).await? {
        let (features, predictions) = match part.contest {
            Contest::GrandPrix => ("compute_features", "compute_predictions"),
            Contest::Sprint => ("compute_sprint_features", "compute_sprint_predictions"),
        };
        let which = Which::season(season);
        for (name, report) in [(features, part.features), (predictions, part.predictions)] {
            if report.outcome() == JobOutcome::Done {
                ledger::record_part(connection, ctx, name, which, &report).await?;
            }
        }
    }
    Ok(())
}
