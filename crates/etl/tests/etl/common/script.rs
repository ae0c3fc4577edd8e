//! A weekend as a script: the instants at which the pipeline ticks, and what must be observed after each tick.
//!
//! ```text
//! qualifying +120: qualifying_done          the instant, and the race's status after the tick
//!   stored grid openf1 20                   lists that are new, each with its source and its number of rows
//!   lost ...                                lists that are no longer stored, or not from this source
//!   ran ingest_grid done, ...               job runs; one about another round names that round
//!   forecast grand_prix official_grid live: practice_1 official_grid | sprint_result
//!                                           a new forecast: inputs used | inputs missing
//! ```

use chrono::{DateTime, Utc};
use etl::tick::Chore;

use super::watch::Watch;

/// Ticks at the instants of `script` and compares what is observed. `clock` reads an instant and sets the upstream's clock.
pub(crate) async fn follow(
    watch: &mut Watch,
    (year, round): (i16, i16),
    chores: &[Chore],
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
    let mut stored = watch.stored(year, round).await;
    for expected in blocks {
        let (instant, _) = expected.split_once(": ").unwrap();
        let now = clock(instant).await;
        let step = watch.tick(now, chores).await;
        assert_eq!(step.ticked.failed, Vec::<String>::new(), "{instant}");
        let now_stored = watch.stored(year, round).await;
        let missing = |from: &[String], of: &[String]| {
            let lists = of.iter().filter(|list| !from.contains(list));
            lists.cloned().collect::<Vec<_>>()
        };
        let own = |text: &String| {
            let text = text.replace(&format!("{year}/{round} "), "");
            text.replace(&format!(" {year} "), " ")
        };
        let mut observed = format!("{instant}: {}", watch.status(year, round).await);
        for (word, lines) in [
            ("stored", missing(&stored, &now_stored)),
            ("lost", missing(&now_stored, &stored)),
            ("ran", step.news.runs.iter().map(own).collect()),
        ] {
            if !lines.is_empty() {
                observed = format!("{observed}\n  {word} {}", lines.join(", "));
            }
        }
        for forecast in &step.news.forecasts {
            observed = format!("{observed}\n  forecast {}", own(forecast).trim_end());
        }
        assert_eq!(observed, expected, "\n{observed}\n");
        stored = now_stored;
    }
}
