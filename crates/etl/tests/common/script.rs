//! A weekend as a text: at which instants the pipeline ticks, and what is to be seen after each tick.
//!
//! ```text
//! qualifying +120: qualifying_done          the instant; the race's status then
//!   holds grid openf1 20                    lists not held before, each with its source and rows
//!   lost ...                                lists held before and now gone, or another's
//!   ran ingest_grid done, ...               the ledger; what is about another round names it
//!   forecast grand_prix official_grid live: practice_1 official_grid | sprint_result
//!                                           a new forecast: inputs used | inputs missing
//! ```

use chrono::{DateTime, Utc};
use etl::tick::Task;

use super::watch::Watch;

/// Ticks at the instants of `script` and compares. `clock` is told an instant's words, and lets the upstream know.
pub(crate) async fn follow(
    watch: &mut Watch,
    (year, round): (i16, i16),
    tasks: &[Task],
    script: &str,
    mut clock: impl AsyncFnMut(&str) -> DateTime<Utc>,
) {
    let script = script.trim().replace("\n    ", "\n");
    let mut blocks: Vec<String> = Vec::new();
    for line in script.lines() {
        match blocks.last_mut() {
            Some(block) if line.starts_with(' ') => *block = format!("{block}\n{line}"),
            _ => blocks.push(line.to_owned()),
        }
    }
    let mut held = watch.held(year, round).await;
    for expected in blocks {
        let (instant, _) = expected.split_once(": ").unwrap();
        let now = clock(instant).await;
        let step = watch.tick(now, tasks).await;
        assert_eq!(step.ticked.failed, Vec::<String>::new(), "{instant}");
        let now_held = watch.held(year, round).await;
        let missing = |from: &[String], of: &[String]| {
            let lists = of.iter().filter(|list| !from.contains(list));
            lists.cloned().collect::<Vec<_>>()
        };
        let own = |text: &String| {
            let text = text.replace(&format!("{year}/{round} "), "");
            text.replace(&format!(" {year} "), " ")
        };
        let mut seen = format!("{instant}: {}", watch.status(year, round).await);
        for (word, lines) in [
            ("holds", missing(&held, &now_held)),
            ("lost", missing(&now_held, &held)),
            ("ran", step.news.runs.iter().map(own).collect()),
        ] {
            if !lines.is_empty() {
                seen = format!("{seen}\n  {word} {}", lines.join(", "));
            }
        }
        for forecast in &step.news.forecasts {
            seen = format!("{seen}\n  forecast {}", own(forecast).trim_end());
        }
        assert_eq!(seen, expected, "\n{seen}\n");
        held = now_held;
    }
}
