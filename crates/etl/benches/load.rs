//! How long a whole release takes, and how much memory: `cargo run -- exec -- cargo bench --profile dev -p etl`.
//!
//! Loads the real release if the shared folder is beside the project, else the demonstration championship, into a
//! database of its own on the server of `DATABASE_URL`.
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::{fs, path::PathBuf, time::Instant};

use anyhow::{Context as _, Result};
use demo::Championship;
use etl::{
    Context, Sources,
    jobs::{load, predictions},
    sources::{f1db::Release, http::Http},
};
use schema::Clock;
use sqlx::{ConnectOptions as _, PgPool, postgres::PgConnectOptions};

const DATABASE: &str = "f1_bench_load";

#[tokio::main]
async fn main() -> Result<()> {
    let url = std::env::var("DATABASE_URL")
        .context("DATABASE_URL is not set: run it by `cargo run -- exec -- …`")?;
    let options = url.parse::<PgConnectOptions>()?.disable_statement_logging();
    let admin = PgPool::connect_with(options).await?;
    recreate(&admin).await?;
    let pool = PgPool::connect_with((*admin.connect_options()).clone().database(DATABASE)).await?;
    schema::MIGRATOR.run(&pool).await?;

    let clock = Clock::starting_at(None, 1.0);
    let sources = Sources::below(&"http://127.0.0.1:9".parse()?).map_err(anyhow::Error::msg)?;
    let ctx = Context {
        pool: pool.clone(),
        sources,
        http: Http::new()?,
        clock,
        job_run: None,
    };
    let release = release(&ctx)?;
    for what in ["first load", "the same again"] {
        let start = Instant::now();
        let report = load::load_release(&ctx, "f1db", &release).await?;
        println!(
            "{what:<16} {:6.2} s, {} rows, peak memory {}",
            start.elapsed().as_secs_f64(),
            report.changes.read,
            peak()
        );
    }
    let start = Instant::now();
    let report = predictions::compute_all(&ctx, |_, _| {}).await?;
    println!(
        "{:<16} {:6.2} s, {}, peak memory {}",
        "forecasts",
        start.elapsed().as_secs_f64(),
        report.detail,
        peak()
    );
    pool.close().await;
    sqlx::raw_sql("DROP DATABASE f1_bench_load")
        .execute(&admin)
        .await?;
    Ok(())
}

async fn recreate(admin: &PgPool) -> Result<()> {
    sqlx::raw_sql("DROP DATABASE IF EXISTS f1_bench_load")
        .execute(admin)
        .await?;
    sqlx::raw_sql("CREATE DATABASE f1_bench_load")
        .execute(admin)
        .await?;
    Ok(())
}

fn release(ctx: &Context) -> Result<Release> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/upstream/f1db/f1db-csv.zip");
    let (tag, bytes) = if let Ok(bytes) = fs::read(path) {
        ("the real release", bytes)
    } else {
        (
            "the demonstration championship",
            Championship::standard(ctx.now()).release().zip()?,
        )
    };
    println!("{tag}, {} bytes", bytes.len());
    Ok(Release {
        tag: tag.to_owned(),
        url: "bench:".to_owned(),
        etag: None,
        bytes,
    })
}

/// The most memory this process ever held, where the system tells.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |value| value.trim().to_owned())
}
