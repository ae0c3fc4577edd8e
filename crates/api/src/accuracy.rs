//! `GET /v1/accuracy`

use std::collections::{BTreeMap, HashMap};

use axum::{Json, extract::State};
use client::{
    accuracy::{Accuracy, Bin, MeanScore, Period, Record, SeasonScore, Surprise},
    races::Entrant,
    words::{Contest, EventKind, Moment, PredictionKind, Score},
};
use sqlx::PgPool;

use crate::{
    error::{Error, Result, word},
    races::{self, driver, team},
};

/// How good forecasts were: live and retrospective ones, of Grands Prix and sprints, at every moment.
#[utoipa::path(get, operation_id = "accuracy", path = "/v1/accuracy", responses((status = 200, body = Accuracy)))]
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
        .chunk_by(|a, b| a.of == b.of)
        .map(|rows| {
            let of = rows[0].of;
            Record {
                contest: of.contest,
                moment: of.moment,
                kind: of.kind,
                periods: periods(rows, forecaster.as_deref(), &mut calibration),
                seasons: seasons(rows, forecaster.as_deref()),
                surprises: surprises.remove(&of).unwrap_or_default(),
            }
        })
        .collect();
    Ok(Json(Accuracy {
        forecaster,
        records,
    }))
}

/// Which forecasts: what a [`Record`] is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Of {
    kind: PredictionKind,
    contest: Contest,
    moment: Moment,
}

impl Of {
    fn parse(kind: &str, contest: &str, moment: &str) -> std::result::Result<Self, Error> {
        Ok(Self {
            kind: word(kind)?,
            contest: word(contest)?,
            moment: word(moment)?,
        })
    }
}

/// From one season to another.
type Span = (i16, i16);

/// A stored mean.
struct ScoreRow {
    of: Of,
    span: Span,
    is_period: bool,
    forecaster: String,
    score: Score,
    races: i32,
    mean: MeanScore,
}

/// Stored means in the order of the answer, periods and seasons newest first.
async fn scores(pool: &PgPool) -> std::result::Result<Vec<ScoreRow>, Error> {
    let rows = sqlx::query_file!("src/accuracy/scores.sql")
        .fetch_all(pool)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ScoreRow {
                of: Of::parse(&row.kind, &row.contest, &row.moment)?,
                span: (row.first_season, row.last_season),
                is_period: row.is_period,
                forecaster: row.forecaster,
                score: word(&row.score)?,
                races: row.races,
                mean: MeanScore {
                    mean: row.mean,
                    interval: [row.low, row.high],
                    difference: row.difference,
                    difference_interval: (row.difference_low.zip(row.difference_high))
                        .map(|(low, high)| [low, high]),
                },
            })
        })
        .collect()
}

type Calibration = HashMap<(Of, Span), BTreeMap<EventKind, Vec<Bin>>>;

async fn calibration(pool: &PgPool) -> std::result::Result<Calibration, Error> {
    let rows = sqlx::query_file!("src/accuracy/calibration.sql")
        .fetch_all(pool)
        .await?;
    let mut calibration = Calibration::new();
    for row in rows {
        let of = Of::parse(&row.kind, &row.contest, &row.moment)?;
        calibration
            .entry((of, (row.first_season, row.last_season)))
            .or_default()
            .entry(word(&row.event)?)
            .or_default()
            .push(Bin {
                forecasts: row.forecasts,
                predicted: row.predicted,
                observed: f64::from(row.happened) / f64::from(row.forecasts),
                interval: [row.low, row.high],
            });
    }
    Ok(calibration)
}

async fn surprises(
    pool: &PgPool,
    forecaster: Option<&str>,
) -> std::result::Result<HashMap<Of, Vec<Surprise>>, Error> {
    let rows = sqlx::query_file!("src/accuracy/surprises.sql", forecaster)
        .fetch_all(pool)
        .await?;
    let ids: Vec<i32> = rows.iter().map(|row| row.race_id).collect();
    let races = races::by_ids(pool, &ids).await?;
    let mut surprises: HashMap<Of, Vec<Surprise>> = HashMap::new();
    for row in rows {
        let Some(race) = races.get(&row.race_id).cloned() else {
            continue;
        };
        let of = Of::parse(&row.kind, &row.contest, &row.moment)?;
        surprises.entry(of).or_default().push(Surprise {
            winner: Entrant {
                driver: driver(row.driver_key, row.code, row.driver_name, row.family_name),
                team: team(row.team_key, row.team_name, race.year),
            },
            race,
            winner_chance: row.winner_chance,
            log_score: row.win_log_score,
        });
    }
    Ok(surprises)
}

/// The periods of one record, in the order of its rows.
fn periods(
    rows: &[ScoreRow],
    forecaster: Option<&str>,
    calibration: &mut Calibration,
) -> Vec<Period> {
    rows.chunk_by(|a, b| a.span == b.span)
        .filter(|rows| rows[0].is_period)
        .map(|rows| {
            let (of, span) = (rows[0].of, rows[0].span);
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
                calibration: calibration.remove(&(of, span)).unwrap_or_default(),
            }
        })
        .collect()
}

/// The single seasons of one record, oldest first.
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

/// Races in which the model in service was scored; of a period that it has no part in, those in which any was.
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
