//! `f1-etl serve`: the program itself on a small demo championship, with upstreams that are nowhere.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use etl::{
    Context,
    jobs::{Which, ledger, predictions},
    serve::metrics,
};
use reqwest::StatusCode;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool};
use wiremock::MockServer;

use crate::common::{championship, context, context_at, load, now};

/// Variables of the caller that would change the program's behaviour.
const INHERITED: [&str; 9] = [
    "F1_CLOCK_SPEED",
    "F1_ETL_LISTEN",
    "LOG_FORMAT",
    "RUST_LOG",
    "SCHEDULE_CALENDAR",
    "SCHEDULE_CORRECTIONS",
    "SCHEDULE_RELEASE",
    "SCHEDULE_SESSIONS",
    "SHUTDOWN_PATIENCE_SECONDS",
];

/// The program with the arguments `words` on a database.
fn program(pool: &PgPool, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_f1-etl"));
    for name in INHERITED {
        command.env_remove(name);
    }
    for source in ["F1DB_URL", "JOLPICA_URL", "OPENF1_URL"] {
        command.env(source, "http://127.0.0.1:9");
    }
    command
        .args(words.split_whitespace())
        .env(
            "DATABASE_URL",
            pool.connect_options().to_url_lossy().as_str(),
        )
        .env("F1_NOW", now().to_rfc3339())
        .env("NO_COLOR", "1");
    command
}

fn run(mut command: Command) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command.output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// Waits for something that must happen within a minute.
async fn wait_for<T>(what: &str, mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        if let Some(value) = attempt().await {
            return value;
        }
        assert!(Instant::now() < deadline, "waited a minute for {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A running `f1-etl serve`, which is killed when this is dropped.
struct Serving {
    child: Child,
    log: Arc<Mutex<String>>,
    address: String,
    /// A server that answers 404. A source that does not answer would be asked again and again.
    _sources: MockServer,
}

/// An answer: status, content type, body.
type Answer = (StatusCode, String, String);

impl Serving {
    /// Starts the program without jitter and waits until it listens.
    async fn start(pool: &PgPool, settings: &[(&str, &str)]) -> Self {
        let sources = MockServer::start().await;
        let mut command = program(pool, "serve --listen 127.0.0.1:0");
        for source in ["F1DB_URL", "JOLPICA_URL", "OPENF1_URL"] {
            command.env(source, sources.uri());
        }
        command
            .env("SCHEDULE_JITTER_SECONDS", "0")
            .env("SHUTDOWN_PATIENCE_SECONDS", "2")
            .envs(settings.iter().copied())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let log = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&log);
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                kept.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let address = wait_for("an address", async || address(&log.lock().unwrap())).await;
        Self {
            child,
            log,
            address,
            _sources: sources,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://{}{path}", self.address);
        let response = client.get(url).send().await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().into();
        (response.status(), kind, response.text().await.unwrap())
    }

    async fn wait_until_ready(&self) {
        wait_for("readiness", async || {
            (self.get("/health/ready").await.0 == StatusCode::OK).then_some(())
        })
        .await;
    }

    /// The sum of the samples that begin with `prefix`; `None` if there are none.
    async fn metric(&self, prefix: &str) -> Option<f64> {
        let (status, _, text) = self.get("/metrics").await;
        assert_eq!(status, StatusCode::OK);
        let samples = text.lines().filter(|line| line.starts_with(prefix));
        let values = samples.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap());
        values.reduce(|sum, value| sum + value)
    }

    async fn wait_for_ticks(&self, count: f64) {
        wait_for("ticks", async || {
            (self.metric("f1_etl_ticks_total").await? >= count).then_some(())
        })
        .await;
    }

    /// Sends a signal, waits for the end and returns the exit code.
    async fn end_by(&mut self, signal: &str) -> Option<i32> {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.unwrap().success());
        let end = wait_for("the end", async || self.child.try_wait().unwrap());
        end.await.code()
    }

    fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The address on which the program listens, from its log.
fn address(log: &str) -> Option<String> {
    let line = log.lines().find(|line| line.contains("listening"))?;
    let (_, rest) = line.split_once("127.0.0.1:")?;
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("127.0.0.1:{port}"))
}

/// Checks every line of the text format: a comment, or a name, labels and a number.
fn assert_is_prometheus_text(text: &str) {
    let mut family = "";
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            family = help.split(' ').next().unwrap();
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, family, "{line}");
            assert!(["counter", "gauge", "summary"].contains(&kind), "{line}");
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            assert!(series.starts_with(family), "{line} must be of {family}");
            assert!(
                value.parse::<f64>().is_ok_and(|value| value >= 0.0),
                "{line}"
            );
            let labels = series.split_once('{').map_or("}", |(_, labels)| labels);
            assert!(labels.ends_with('}'), "{line}");
        }
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn it_becomes_ready_reports_metrics_and_ends_on_a_signal(pool: PgPool) {
    let job = async |ctx: &Context| load(ctx, &championship().release()).await;
    ledger::record(&context(&pool), "load", Which::default(), job)
        .await
        .unwrap();
    let mut serving = Serving::start(&pool, &[]).await;
    serving.wait_until_ready().await;
    let (status, kind, body) = serving.get("/health/live").await;
    assert_eq!((status, &*body), (StatusCode::OK, r#"{"status":"ok"}"#));
    assert_eq!(kind, "application/json");

    serving.wait_for_ticks(1.0).await;
    let (_, kind, text) = serving.get("/metrics").await;
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    assert_is_prometheus_text(&text);
    for (sample, value) in [
        (r#"f1_etl_job_runs_total{job="load",outcome="done"}"#, 1.0),
        (
            r#"f1_etl_job_runs_total{job="load",outcome="nothing_new"}"#,
            0.0,
        ),
        (
            r#"f1_etl_last_success_timestamp_seconds{job="load"}"#,
            now().timestamp() as f64,
        ),
        ("f1_etl_database_up", 1.0),
        ("f1_etl_build_info{version=", 1.0),
    ] {
        assert_eq!(
            serving.metric(sample).await,
            Some(value),
            "{sample} in {text}"
        );
    }
    for name in [
        r#"f1_etl_upstream_requests_total{upstream="jolpica"}"#,
        r#"f1_etl_job_upstream_requests_total{job="load"}"#,
        "f1_etl_tick_seconds_sum",
        "f1_etl_tick_seconds_count",
        "f1_etl_forecast_missing",
    ] {
        assert!(serving.metric(name).await.is_some(), "{name} in {text}");
    }

    assert_eq!(serving.end_by("TERM").await, Some(0), "{}", serving.log());
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn due_tasks_are_run_again_and_again(pool: PgPool) {
    load(&context(&pool), &championship().release())
        .await
        .unwrap();
    let settings = [("SCHEDULE_SESSIONS", "* * * * * *"), ("LOG_FORMAT", "json")];
    let mut serving = Serving::start(&pool, &settings).await;
    serving.wait_for_ticks(3.0).await;
    assert_eq!(serving.end_by("INT").await, Some(0), "{}", serving.log());
    for line in serving.log().lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|_| panic!("{line}"));
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_lost_database_is_reported_and_waited_for(pool: PgPool) {
    let mut serving = Serving::start(&pool, &[("SCHEDULE_SESSIONS", "* * * * * *")]).await;
    serving.wait_until_ready().await;
    let options = pool.connect_options();
    let database = options.get_database().unwrap().to_owned();
    let elsewhere = (*options).clone().database("postgres");
    let mut admin = PgConnection::connect_with(&elsewhere).await.unwrap();
    pool.close().await;

    allow_connections(&mut admin, &database, false).await;
    let problem = wait_for("a problem", async || {
        let (status, kind, body) = serving.get("/health/ready").await;
        (status == StatusCode::SERVICE_UNAVAILABLE).then_some((kind, body))
    });
    let (kind, body) = problem.await;
    assert_eq!(kind, "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["status"], 503);
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("cannot read the list of migrations"),
        "{detail}"
    );
    assert_eq!(serving.get("/health/live").await.0, StatusCode::OK);
    assert_eq!(serving.metric("f1_etl_database_up").await, Some(0.0));
    wait_for("a failed tick", async || {
        let failed = serving.metric(r#"f1_etl_ticks_total{outcome="failed"}"#);
        (failed.await? > 0.0).then_some(())
    })
    .await;

    allow_connections(&mut admin, &database, true).await;
    serving.wait_until_ready().await;
    let ticks = serving.metric("f1_etl_ticks_total").await.unwrap();
    serving.wait_for_ticks(ticks + 1.0).await;
    assert_eq!(serving.end_by("TERM").await, Some(0), "{}", serving.log());
}

async fn allow_connections(admin: &mut PgConnection, database: &str, allowed: bool) {
    let alter = format!("ALTER DATABASE \"{database}\" ALLOW_CONNECTIONS {allowed}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(alter))
        .execute(&mut *admin)
        .await
        .unwrap();
    if !allowed {
        sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1")
            .bind(database)
            .execute(admin)
            .await
            .unwrap();
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn nothing_is_written_to_a_newer_schema(pool: PgPool) {
    let serving = Serving::start(&pool, &[("SCHEDULE_SESSIONS", "* * * * * *")]).await;
    serving.wait_until_ready().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of tomorrow', true, '', 0)",
    )
    .execute(&pool)
    .await
    .unwrap();
    let (status, _, body) = serving.get("/health/ready").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(body.contains("migration 9999"), "{body}");
    wait_for("a refusal", async || {
        serving.log().contains("migration 9999").then_some(())
    })
    .await;
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn wrong_settings_are_usage_errors_that_name_them(pool: PgPool) {
    for (name, value) in [
        ("SCHEDULE_SESSIONS", "every five minutes"),
        ("SCHEDULE_CALENDAR", "0 61 4 * * *"),
        ("SCHEDULE_RELEASE", "0 0 0 30 2 *"),
        ("SCHEDULE_CORRECTIONS", ""),
        ("SCHEDULE_JITTER_SECONDS", "-1"),
        ("SHUTDOWN_PATIENCE_SECONDS", "soon"),
        ("F1_ETL_LISTEN", "here"),
    ] {
        let mut command = program(&pool, "serve");
        command.env(name, value);
        let (code, complaint) = run(command);
        assert_eq!(code, Some(2), "{name}: {complaint}");
        assert!(complaint.contains(name), "{name}: {complaint}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_taken_address_is_an_error(pool: PgPool) {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, complaint) = run(program(&pool, &format!("serve --listen {address}")));
    assert_eq!(code, Some(1), "{complaint}");
    assert!(
        complaint.contains(&format!("cannot listen on {address}")),
        "{complaint}"
    );
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn without_certificates_the_missing_package_is_named(pool: PgPool) {
    let mut command = program(&pool, "tick");
    command
        .env("SSL_CERT_FILE", "/nonexistent")
        .env("SSL_CERT_DIR", "/nonexistent");
    let (code, complaint) = run(command);
    assert_eq!(code, Some(1), "{complaint}");
    assert!(complaint.contains("ca-certificates"), "{complaint}");
    assert!(!complaint.contains("panicked"), "{complaint}");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_weekend_without_a_forecast_is_reported_once_it_has_begun(pool: PgPool) {
    let ctx = context(&pool);
    load(&ctx, &championship().release()).await.unwrap();
    let next: (chrono::DateTime<chrono::Utc>, bool) = sqlx::query_as(
        "SELECT starts_at, EXISTS (SELECT FROM race_sessions s WHERE s.race_id = r.id AND s.session = 'sprint')
         FROM races r WHERE starts_at > $1 ORDER BY starts_at LIMIT 1",
    )
    .bind(now())
    .fetch_one(&pool)
    .await
    .unwrap();
    let (start, has_sprint) = next;
    let missing = async |at| metrics::forecasts_missing(&pool, at).await.unwrap();
    let before = start - chrono::TimeDelta::days(4);
    let just_before = start - chrono::TimeDelta::minutes(1);
    assert_eq!(missing(before).await, 0);
    // The sprint of the weekend, if it has one, is over by then.
    assert_eq!(missing(just_before).await, 1, "sprint: {has_sprint}");
    assert_eq!(missing(start).await, 0);
    predictions::compute_all(&context_at(&pool, before), |_, _| {})
        .await
        .unwrap();
    assert_eq!(missing(just_before).await, 0);
}
