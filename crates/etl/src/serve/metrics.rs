//! Metrics in the text format of Prometheus.
//!
//! Metrics read from `job_runs` are the same on every host and survive restarts: take their maximum over hosts. Metrics
//! of this process (ticks, requests to upstreams) start at zero with it: sum them over hosts.

use std::{
    collections::BTreeMap,
    fmt::{self, Display, Write as _},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::Result;
use chrono::{DateTime, Utc};
use schema::Upstream;
use sqlx::PgPool;

use super::outcome::Outcome;
use crate::{Context, error_chain};

/// The media type of the format.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The ticks of this process.
#[derive(Debug, Default)]
pub(super) struct Ticks(Mutex<Counted>);

#[derive(Debug, Clone, Default)]
struct Counted {
    by_outcome: BTreeMap<Outcome, u64>,
    seconds: f64,
}

impl Ticks {
    /// Counts a tick that took this long.
    pub(super) fn count(&self, outcome: Outcome, took: Duration) {
        let mut counted = self.lock();
        *counted.by_outcome.entry(outcome).or_default() += 1;
        counted.seconds += took.as_secs_f64();
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All metrics; those read from the database only if it answers.
pub(super) async fn render(ctx: &Context, ticks: &Ticks) -> String {
    let stored = Stored::read(&ctx.pool, ctx.now()).await;
    if let Err(error) = &stored {
        tracing::warn!("metrics without the database: {}", error_chain(error));
    }
    let mut text = Text::default();
    text.gauge("f1_etl_build_info", "The version that runs");
    text.sample("", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    text.gauge(
        "f1_etl_database_up",
        "Whether the database answered just now",
    );
    text.sample("", &[], u8::from(stored.is_ok()));
    write_ticks(&mut text, &ticks.lock().clone());
    text.counter(
        "f1_etl_upstream_requests_total",
        "Requests this process sent",
    );
    let requests = ctx.http.requests_by_upstream();
    // Every upstream is present from the start, so that its first request is visible as a change.
    for upstream in Upstream::ALL.iter().map(|upstream| upstream.as_str()) {
        let sent = requests.get(upstream).copied().unwrap_or_default();
        text.sample("", &[("upstream", upstream)], sent);
    }
    if let Ok(stored) = stored {
        stored.write(&mut text);
    }
    text.0
}

fn write_ticks(text: &mut Text, counted: &Counted) {
    text.counter(
        "f1_etl_ticks_total",
        "Times this process looked for what is due",
    );
    for outcome in Outcome::ALL {
        let ticks = counted.by_outcome.get(&outcome).copied();
        text.sample(
            "",
            &[("outcome", outcome.as_str())],
            ticks.unwrap_or_default(),
        );
    }
    text.family(
        "f1_etl_tick_seconds",
        "summary",
        "How long looking and the work that was due took",
    );
    text.sample("_sum", &[], counted.seconds);
    text.sample("_count", &[], counted.by_outcome.values().sum::<u64>());
}

/// Metrics read from the database.
struct Stored {
    jobs: Vec<JobRuns>,
    forecasts_missing: i64,
}

/// The runs of a job that ended.
struct JobRuns {
    name: String,
    done: i64,
    nothing_new: i64,
    not_yet: i64,
    failed: i64,
    requests: i64,
    last_success: Option<DateTime<Utc>>,
}

impl Stored {
    async fn read(pool: &PgPool, now: DateTime<Utc>) -> Result<Self> {
        let jobs = sqlx::query_as!(
            JobRuns,
            r#"SELECT job AS name,
                      count(*) FILTER (WHERE outcome = 'done') AS "done!",
                      count(*) FILTER (WHERE outcome = 'nothing_new') AS "nothing_new!",
                      count(*) FILTER (WHERE outcome = 'not_yet') AS "not_yet!",
                      count(*) FILTER (WHERE outcome = 'failed') AS "failed!",
                      coalesce(sum(upstream_requests), 0) AS "requests!",
                      max(finished_at) FILTER (WHERE outcome IN ('done', 'nothing_new')) AS last_success
               FROM job_runs GROUP BY job ORDER BY job"#
        );
        Ok(Self {
            jobs: jobs.fetch_all(pool).await?,
            forecasts_missing: forecasts_missing(pool, now).await?,
        })
    }

    fn write(&self, text: &mut Text) {
        text.counter(
            "f1_etl_job_runs_total",
            "Runs of a job that ended, on all hosts",
        );
        for job in &self.jobs {
            for (outcome, runs) in [
                ("done", job.done),
                ("nothing_new", job.nothing_new),
                ("not_yet", job.not_yet),
                ("failed", job.failed),
            ] {
                text.sample("", &[("job", &job.name), ("outcome", outcome)], runs);
            }
        }
        text.counter(
            "f1_etl_job_upstream_requests_total",
            "Requests that runs of a job sent, on all hosts",
        );
        for job in &self.jobs {
            text.sample("", &[("job", &job.name)], job.requests);
        }
        text.gauge(
            "f1_etl_last_success_timestamp_seconds",
            "When a job last ended with something done or nothing new, on all hosts",
        );
        for job in &self.jobs {
            if let Some(at) = job.last_success {
                text.sample("", &[("job", &job.name)], at.timestamp());
            }
        }
        text.gauge(
            "f1_etl_forecast_missing",
            "Grands Prix and sprints ahead, of a weekend that has begun, without a live forecast",
        );
        text.sample("", &[], self.forecasts_missing);
    }
}

/// The number of Grands Prix and sprints that have not started at `now`, whose weekend has begun, and that have no live
/// forecast.
pub async fn forecasts_missing(pool: &PgPool, now: DateTime<Utc>) -> sqlx::Result<i64> {
    let missing = sqlx::query_scalar!(
        r#"SELECT count(*) AS "missing!"
           FROM races r
           CROSS JOIN LATERAL (
               SELECT 'grand_prix'::contest AS contest, r.date, r.starts_at
               UNION ALL
               SELECT 'sprint', s.date, s.starts_at FROM race_sessions s WHERE s.race_id = r.id AND s.session = 'sprint') c
           WHERE r.status NOT IN ('completed', 'cancelled')
             AND coalesce(c.starts_at, (c.date + 1)::timestamp AT TIME ZONE 'UTC') > $1
             AND coalesce((SELECT min(coalesce(s.starts_at, s.date::timestamp AT TIME ZONE 'UTC'))
                           FROM race_sessions s WHERE s.race_id = r.id),
                          (r.date - 2)::timestamp AT TIME ZONE 'UTC') <= $1
             AND NOT EXISTS (SELECT FROM predictions p
                             WHERE p.race_id = r.id AND p.contest = c.contest AND p.kind = 'live')"#,
        now
    );
    missing.fetch_one(pool).await
}

/// The text written so far, and the name of the last family.
#[derive(Debug, Default)]
struct Text(String, &'static str);

impl Text {
    fn counter(&mut self, name: &'static str, help: &str) {
        self.family(name, "counter", help);
    }

    fn gauge(&mut self, name: &'static str, help: &str) {
        self.family(name, "gauge", help);
    }

    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.1 = name;
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    /// Writes a sample of the last family; those of a summary have a suffix.
    fn sample(&mut self, suffix: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<_> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
            .collect();
        let braced = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{}}}", labels.join(","))
        };
        let name = self.1;
        self.line(format_args!("{name}{suffix}{braced} {value}"));
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{line}");
    }
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_and_samples_are_written_in_the_format_of_prometheus() {
        let mut text = Text::default();
        text.counter("runs_total", "Runs");
        text.sample("", &[("job", "a \"b\"\\\n"), ("outcome", "done")], 3);
        text.family("seconds", "summary", "Time");
        text.sample("_sum", &[], 0.5);
        let expected = "# HELP runs_total Runs\n# TYPE runs_total counter\n\
             runs_total{job=\"a \\\"b\\\"\\\\\\n\",outcome=\"done\"} 3\n\
             # HELP seconds Time\n# TYPE seconds summary\nseconds_sum 0.5\n";
        assert_eq!(text.0, expected);
    }
}
