//! Runs ticks and reports after each which lists are stored, which jobs ran and which forecasts are new.

use chrono::{DateTime, Utc};
use etl::{
    Context,
    tick::{self, Chore, Ticked, When},
};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

/// Runs ticks over one database and one server.
pub(crate) struct Watch {
    pub(crate) pool: PgPool,
    server: String,
    last_run: i64,
    last_forecast: i64,
}

/// What was written since the last look.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// Job runs but those that compute features: `ingest_race 2026/3 done`.
    pub(crate) runs: Vec<String>,
    /// `2026/3 grand_prix official_grid live: inputs used | inputs missing`.
    pub(crate) forecasts: Vec<String>,
}

/// A tick's report, and what it wrote.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) ticked: Ticked,
    pub(crate) news: News,
}

impl Watch {
    pub(crate) fn new(pool: &PgPool, server: &str) -> Self {
        Self {
            pool: pool.clone(),
            server: server.to_owned(),
            last_run: 0,
            last_forecast: 0,
        }
    }

    /// A context at an instant.
    pub(crate) fn at(&self, now: DateTime<Utc>) -> Context {
        super::context_of(&self.pool, now, &self.server)
    }

    /// The same with sources below another server.
    pub(crate) fn elsewhere(&self, server: &str) -> Self {
        Self::new(&self.pool, server)
    }

    /// Runs those of `chores` that are due.
    pub(crate) async fn tick_at(&self, now: DateTime<Utc>, chores: &[Chore]) -> Ticked {
        let ctx = self.at(now);
        let never = CancellationToken::new();
        tick::run(&ctx, chores, When::Due, &never).await.unwrap()
    }

    /// Runs those of `chores` that are due, and reports what is new.
    pub(crate) async fn tick(&mut self, now: DateTime<Utc>, chores: &[Chore]) -> Step {
        Step {
            ticked: self.tick_at(now, chores).await,
            news: self.news().await,
        }
    }

    /// What was written since the last look.
    pub(crate) async fn news(&mut self) -> News {
        let runs: Vec<(i64, String)> = sqlx::query_as(
            "SELECT id, concat_ws(' ', job, year || coalesce('/' || round, ''), outcome) FROM job_runs
             WHERE id > $1 AND job NOT LIKE 'compute%features' ORDER BY id",
        )
        .bind(self.last_run)
        .fetch_all(&self.pool)
        .await
        .unwrap();
        let forecasts: Vec<(i64, String, bool)> = sqlx::query_as(
            "SELECT p.id, format('%s/%s %s %s %s: %s | %s', year, round, contest, moment, kind,
                        array_to_string(inputs_used, ' '), array_to_string(inputs_missing, ' ')),
                    (kind = 'live') = (made_at < scheduled_start)
                        AND (cutoff_at IS NOT DISTINCT FROM CASE kind WHEN 'live' THEN made_at END)
             FROM predictions p JOIN races r ON r.id = p.race_id WHERE p.id > $1
             ORDER BY year, round, contest, moment, kind, p.id",
        )
        .bind(self.last_forecast)
        .fetch_all(&self.pool)
        .await
        .unwrap();
        for (_, forecast, in_time) in &forecasts {
            assert!(
                in_time,
                "{forecast} must be live if and only if it was made before the start"
            );
        }
        let newest = |last: i64, ids: Vec<i64>| ids.into_iter().fold(last, i64::max);
        self.last_run = newest(self.last_run, runs.iter().map(|run| run.0).collect());
        let ids = forecasts.iter().map(|forecast| forecast.0).collect();
        self.last_forecast = newest(self.last_forecast, ids);
        News {
            runs: runs.into_iter().map(|run| run.1).collect(),
            forecasts: forecasts.into_iter().map(|row| row.1).collect(),
        }
    }

    /// The status of a race.
    pub(crate) async fn status(&self, year: i16, round: i16) -> String {
        let status = sqlx::query_scalar(
            "SELECT status::text FROM races WHERE year = $1 AND round = $2 AND status <> 'cancelled'",
        );
        let status = status.bind(year).bind(round).fetch_one(&self.pool).await;
        status.unwrap()
    }

    /// The stored lists of a round, each with its source and its number of rows, such as `race jolpica 20`.
    pub(crate) async fn stored(&self, year: i16, round: i16) -> Vec<String> {
        sqlx::query_scalar(
            "WITH there AS (
                 SELECT race_id, ('practice_' || session)::race_list AS list FROM practice_results
                 UNION ALL SELECT race_id, (CASE contest WHEN 'sprint' THEN 'sprint_qualifying' ELSE 'qualifying' END)::race_list FROM qualifying
                 UNION ALL SELECT race_id, (CASE contest WHEN 'sprint' THEN 'sprint_grid' ELSE 'grid' END)::race_list FROM grid
                 UNION ALL SELECT race_id, (CASE contest WHEN 'sprint' THEN 'sprint' ELSE 'race' END)::race_list FROM results
                 UNION ALL SELECT race_id, 'pit_stops' FROM pit_stops
                 UNION ALL SELECT race_id, 'laps' FROM laps),
             counted AS (SELECT race_id, list, count(*) AS rows FROM there GROUP BY 1, 2)
             SELECT format('%s %s %s', list, coalesce(source::text, 'nobody'), coalesce(rows, 0))
             FROM counted FULL JOIN published_lists USING (race_id, list) JOIN races r ON r.id = race_id
             WHERE year = $1 AND round = $2 AND status <> 'cancelled' ORDER BY list",
        )
        .bind(year)
        .bind(round)
        .fetch_all(&self.pool)
        .await
        .unwrap()
    }

    /// The value of a query with one row and one column, as text.
    pub(crate) async fn value(&self, sql: &str) -> String {
        let sql = format!("SELECT coalesce(({sql})::text, 'null')");
        let value = sqlx::query_scalar(sqlx::AssertSqlSafe(sql));
        value.fetch_one(&self.pool).await.unwrap()
    }

    /// The first column of a query, as text.
    pub(crate) async fn values(&self, sql: &str) -> Vec<String> {
        let sql = format!("SELECT x::text FROM ({sql}) AS q (x)");
        let values = sqlx::query_scalar(sqlx::AssertSqlSafe(sql));
        values.fetch_all(&self.pool).await.unwrap()
    }
}
