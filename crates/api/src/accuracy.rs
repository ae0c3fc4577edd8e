//! `GET /v1/accuracy`

use std::collections::{BTreeMap, HashMap};

use axum::{Json, extract::State};
use client::{
    accuracy::{Accuracy, Bin, MeanScore, Period, Record, SeasonScore, Surprise},
    races::Entrant,
    vocabulary::{Contest, EventKind, Moment, PredictionKind, Score},
};
use sqlx::PgPool;

use crate::{
    entrants::{DriverRow, TeamRow},
    error::{Error, Result},
    races,
};

/// The accuracy of forecasts: live and retrospective, of Grands Prix and sprints, at every moment.
///
/// Mean scores of the model and of what it has to beat, with bootstrap intervals, by period and season; how often
/// events of about the same chance happened; the most surprising winners. Records with `kind` `live` are forecasts
/// that were published before the start.
#[utoipa::path(get, operation_id = "accuracy", tag = "model", path = "/v1/accuracy",
    responses((status = 200, body = Accuracy)))]
pub(crate) async fn show(State(pool): State<PgPool>) -> Result<Accuracy> {
    let forecaster = sqlx::query_scalar!(
        "SELECT model FROM model_fits WHERE EXISTS (SELECT FROM accuracy) ORDER BY id DESC LIMIT 1"
    )
    .fetch_optional(&pool)
    .await?;
    let (scores, mut calibration, mut surprises) = tokio::try_join!(
        scores(&pool),
        calibration(&pool),
        surprises(&pool, forecaster.as_deref()),
    )?;
    let records = scores
        .chunk_by(|a, b| a.key == b.key)
        .map(|rows| {
            let key = rows[0].key;
            Record {
                contest: key.contest,
                moment: key.moment,
                kind: key.kind,
                periods: periods(rows, forecaster.as_deref(), &mut calibration),
                seasons: seasons(rows, forecaster.as_deref()),
                surprises: surprises.remove(&key).unwrap_or_default(),
            }
        })
        .collect();
    Ok(Json(Accuracy {
        forecaster,
        records,
    }))
}

/// Identifies a [`Record`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct RecordKey {
    kind: PredictionKind,
    contest: Contest,
    moment: Moment,
}

/// The first and the last season of a range.
type Span = (i16, i16);

/// A stored mean.
struct ScoreRow {
    key: RecordKey,
    span: Span,
    is_period: bool,
    forecaster: String,
    score: Score,
    races: i32,
    mean: MeanScore,
}

/// The stored means in the order of the answer.
async fn scores(pool: &PgPool) -> std::result::Result<Vec<ScoreRow>, Error> {
    let rows = sqlx::query_file!("src/accuracy/scores.sql")
        .fetch_all(pool)
        .await?;
    let scores = rows.into_iter().map(|row| ScoreRow {
        key: RecordKey {
            kind: row.kind,
            contest: row.contest,
            moment: row.moment,
        },
        span: (row.first_season, row.last_season),
        is_period: row.is_period,
        forecaster: row.forecaster,
        score: row.score,
        races: row.races,
        mean: MeanScore {
            mean: row.mean,
            interval: [row.low, row.high],
            difference: row.difference,
            difference_interval: (row.difference_low.zip(row.difference_high))
                .map(|(low, high)| [low, high]),
        },
    });
    Ok(scores.collect())
}

type Calibration = HashMap<(RecordKey, Span), BTreeMap<EventKind, Vec<Bin>>>;

async fn calibration(pool: &PgPool) -> std::result::Result<Calibration, Error> {
    let rows = sqlx::query_file!("src/accuracy/calibration.sql")
        .fetch_all(pool)
        .await?;
    let mut calibration = Calibration::new();
    for row in rows {
        let key = RecordKey {
            kind: row.kind,
            contest: row.contest,
            moment: row.moment,
        };
        calibration
            .entry((key, (row.first_season, row.last_season)))
            .or_default()
            .entry(row.event)
            .or_default()
            .push(Bin {
                predictions: row.predictions,
                predicted: row.predicted,
                observed: f64::from(row.happened) / f64::from(row.predictions),
                interval: [row.low, row.high],
            });
    }
    Ok(calibration)
}

async fn surprises(
    pool: &PgPool,
    forecaster: Option<&str>,
) -> std::result::Result<HashMap<RecordKey, Vec<Surprise>>, Error> {
    let rows = sqlx::query_file!("src/accuracy/surprises.sql", forecaster)
        .fetch_all(pool)
        .await?;
    let ids: Vec<i32> = rows.iter().map(|row| row.race_id).collect();
    let races = races::by_ids(pool, &ids).await?;
    let mut surprises: HashMap<RecordKey, Vec<Surprise>> = HashMap::new();
    for row in rows {
        let Some(race) = races.get(&row.race_id).cloned() else {
            continue;
        };
        let key = RecordKey {
            kind: row.kind,
            contest: row.contest,
            moment: row.moment,
        };
        surprises.entry(key).or_default().push(Surprise {
            winner: Entrant {
                driver: row.driver.into(),
                team: row.team.in_season(race.year),
            },
            race,
            winner_chance: row.winner_chance,
            log_score: row.win_log_score,
        });
    }
    Ok(surprises)
}

/// The periods of a record, in the order of its rows.
fn periods(
    rows: &[ScoreRow],
    forecaster: Option<&str>,
    calibration: &mut Calibration,
) -> Vec<Period> {
    rows.chunk_by(|a, b| a.span == b.span)
        .filter(|rows| rows[0].is_period)
        .map(|rows| {
            let (key, span) = (rows[0].key, rows[0].span);
            let mut forecasters: BTreeMap<String, BTreeMap<Score, MeanScore>> = BTreeMap::new();
            for row in rows {
                forecasters
                    .entry(row.forecaster.clone())
                    .or_default()
                    .insert(row.score, row.mean.clone());
            }
            Period {
                first_season: span.0,
                last_season: span.1,
                races: races_scored(rows, forecaster),
                forecasters,
                calibration: calibration.remove(&(key, span)).unwrap_or_default(),
            }
        })
        .collect()
}

/// The single seasons of a record, oldest first.
fn seasons(rows: &[ScoreRow], forecaster: Option<&str>) -> Vec<SeasonScore> {
    rows.chunk_by(|a, b| a.span == b.span)
        .rev()
        .filter(|rows| rows[0].span.0 == rows[0].span.1)
        .map(|rows| SeasonScore {
            season: rows[0].span.0,
            races: races_scored(rows, forecaster),
            win_log_score: rows
                .iter()
                .filter(|row| row.score == Score::WinLogScore)
                .map(|row| (row.forecaster.clone(), row.mean.mean))
                .collect(),
        })
        .collect()
}

/// The number of races in which the model in service was scored, or any forecaster if that model was not.
fn races_scored(rows: &[ScoreRow], forecaster: Option<&str>) -> i32 {
    let of_model = rows
        .iter()
        .filter(|row| Some(row.forecaster.as_str()) == forecaster)
        .map(|row| row.races)
        .max();
    of_model
        .or_else(|| rows.iter().map(|row| row.races).max())
        .unwrap_or_default()
}
