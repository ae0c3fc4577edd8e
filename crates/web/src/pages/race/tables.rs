//! The tables of a race weekend, row by row.

use std::collections::HashMap;

use client::{
    sessions::{Grid, PitStopRow, Practice, Qualifying, QualifyingRow, ResultRow},
    vocabulary::ResultStatus,
};

use crate::{parts::Who, words};

/// A car in the result of the race or the sprint.
pub(super) struct ResultLine {
    pub(super) position: String,
    pub(super) who: Who,
    pub(super) grid: String,
    pub(super) laps: String,
    pub(super) time: String,
    pub(super) fastest_lap: String,
    pub(super) fastest: bool,
    pub(super) stops: String,
    pub(super) points: String,
}

/// A qualifying classification.
pub(super) struct QualifyingTable {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) caption: &'static str,
    pub(super) headings: Vec<&'static str>,
    pub(super) rows: Vec<QualifyingLine>,
}

pub(super) struct QualifyingLine {
    pub(super) position: String,
    pub(super) who: Who,
    pub(super) times: Vec<String>,
}

/// A starting grid.
pub(super) struct GridTable {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) caption: &'static str,
    pub(super) rows: Vec<GridLine>,
}

pub(super) struct GridLine {
    pub(super) place: String,
    pub(super) who: Who,
    pub(super) qualified: String,
    pub(super) penalty: String,
}

/// A pit stop.
pub(super) struct PitStop {
    pub(super) lap: i16,
    pub(super) who: Who,
    pub(super) nth: i16,
    pub(super) time: String,
}

/// The practice sessions side by side.
#[derive(Default)]
pub(super) struct PracticeTable {
    pub(super) headings: Vec<String>,
    pub(super) rows: Vec<PracticeLine>,
}

pub(super) struct PracticeLine {
    pub(super) who: Who,
    pub(super) times: Vec<String>,
}

pub(super) fn result(row: &ResultRow) -> ResultLine {
    let scored = Some(row.points).filter(|points| *points > 0.0);
    ResultLine {
        position: if row.shared_car {
            "″".to_owned()
        } else {
            row.position_text.clone()
        },
        who: Who::new(&row.driver, Some(&row.team)),
        grid: words::or_dash(row.grid),
        laps: words::or_empty(row.laps),
        time: time_or_status(row),
        fastest_lap: words::or_empty(row.fastest_lap_ms.map(words::time)),
        fastest: row.fastest_lap,
        stops: words::or_empty(row.pit_stops),
        points: words::or_empty(scored.map(words::points)),
    }
}

/// The winner's time, the gap to it, or why there is none.
fn time_or_status(row: &ResultRow) -> String {
    let status = || words::or_empty(words::status_name(row.status));
    match row.status {
        ResultStatus::Finished if row.position == Some(1) => {
            words::or_empty(row.time_ms.map(words::time))
        }
        ResultStatus::Finished => {
            words::or_empty(row.gap_ms.map(|gap| format!("+{}", words::time(gap))))
        }
        ResultStatus::Lapped => row.gap_laps.map_or_else(
            || "lapped".to_owned(),
            |laps| format!("+{}", words::count(laps, "lap", "laps")),
        ),
        ResultStatus::Retired => row.retirement_reason.clone().unwrap_or_else(status),
        _ => status(),
    }
}

pub(super) fn qualifying(
    list: &Qualifying,
    id: &'static str,
    title: &'static str,
) -> QualifyingTable {
    let knockout = list.qualifying.iter().any(|row| row.q1_ms.is_some());
    let headings = if knockout {
        vec!["Q1", "Q2", "Q3"]
    } else {
        vec!["Time"]
    };
    let times = |row: &QualifyingRow| {
        if knockout {
            [row.q1_ms, row.q2_ms, row.q3_ms].map(lap_time).into()
        } else {
            vec![lap_time(row.time_ms)]
        }
    };
    let rows = list.qualifying.iter().map(|row| QualifyingLine {
        position: row.position_text.clone(),
        who: Who::new(&row.driver, Some(&row.team)),
        times: times(row),
    });
    QualifyingTable {
        id,
        title,
        caption: "The classification before grid penalties.",
        headings,
        rows: rows.collect(),
    }
}

pub(super) fn grid(grid: &Grid, id: &'static str, title: &'static str) -> GridTable {
    let rows = grid.grid.iter().map(|row| GridLine {
        place: row
            .position
            .map_or_else(|| "pit".to_owned(), |place| place.to_string()),
        who: Who::new(&row.driver, Some(&row.team)),
        qualified: words::or_empty(row.qualifying_position),
        penalty: match row.penalty.as_deref() {
            None => String::new(),
            Some("SFB") => "from the back".to_owned(),
            Some("1") => "1 place".to_owned(),
            Some(places) => format!("{places} places"),
        },
    });
    GridTable {
        id,
        title,
        caption: "As the cars started, after penalties.",
        rows: rows.collect(),
    }
}

pub(super) fn pit_stop(row: &PitStopRow) -> PitStop {
    PitStop {
        lap: row.lap,
        who: Who::new(&row.driver, Some(&row.team)),
        nth: row.stop,
        time: lap_time(row.time_ms),
    }
}

fn lap_time(time: Option<i32>) -> String {
    words::or_dash(time.map(words::time))
}

/// A column a session and a row a driver, the fastest of the last session first.
pub(super) fn practice(practice: &Practice) -> PracticeTable {
    let headings = practice
        .practice
        .iter()
        .map(|session| format!("FP{}", session.session))
        .collect();
    let count = practice.practice.len();
    let mut rows: Vec<(&str, Who, Vec<Option<i32>>)> = Vec::new();
    let mut index: HashMap<&str, usize> = HashMap::new();
    for (column, session) in practice.practice.iter().enumerate() {
        for row in &session.results {
            let at = *index.entry(&row.driver.key).or_insert_with(|| {
                rows.push((
                    &row.driver.key,
                    Who::new(&row.driver, Some(&row.team)),
                    vec![None; count],
                ));
                rows.len() - 1
            });
            rows[at].2[column] = row.time_ms;
        }
    }
    rows.sort_by_key(|(_, _, times)| {
        (
            times.last().copied().flatten().unwrap_or(i32::MAX),
            times.iter().flatten().min().copied(),
        )
    });
    let rows = rows.into_iter().map(|(_, who, times)| PracticeLine {
        who,
        times: times.into_iter().map(lap_time).collect(),
    });
    PracticeTable {
        headings,
        rows: rows.collect(),
    }
}
