//! The tables of a race weekend, row by row.

use std::collections::HashMap;

use client::{
    sessions::{Grid, PitStopRow, Practice, Qualifying, QualifyingRow, ResultRow},
    vocabulary::ResultStatus,
};

use crate::{parts::Who, words};

pub(super) struct Finisher {
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

pub(super) struct Timed {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) caption: &'static str,
    pub(super) headings: Vec<&'static str>,
    pub(super) rows: Vec<TimedRow>,
}

pub(super) struct TimedRow {
    pub(super) position: String,
    pub(super) who: Who,
    pub(super) times: Vec<String>,
}

pub(super) struct Starting {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) caption: &'static str,
    pub(super) rows: Vec<StartingRow>,
}

pub(super) struct StartingRow {
    pub(super) place: String,
    pub(super) who: Who,
    pub(super) qualified: String,
    pub(super) penalty: String,
}

pub(super) struct Stop {
    pub(super) lap: i16,
    pub(super) who: Who,
    pub(super) nth: i16,
    pub(super) time: String,
}

pub(super) struct Practised {
    pub(super) who: Who,
    pub(super) times: Vec<String>,
}

pub(super) fn finisher(row: &ResultRow) -> Finisher {
    Finisher {
        position: if row.shared_car {
            "″".to_owned()
        } else {
            row.position_text.clone()
        },
        who: Who::new(&row.driver, Some(&row.team)),
        grid: row
            .grid
            .map_or_else(|| "–".to_owned(), |place| place.to_string()),
        laps: row.laps.map(|laps| laps.to_string()).unwrap_or_default(),
        time: ending(row),
        fastest_lap: row.fastest_lap_ms.map(words::time).unwrap_or_default(),
        fastest: row.fastest_lap,
        stops: row
            .pit_stops
            .map(|stops| stops.to_string())
            .unwrap_or_default(),
        points: if row.points > 0.0 {
            words::points(row.points)
        } else {
            String::new()
        },
    }
}

fn ending(row: &ResultRow) -> String {
    let reason = || row.retirement_reason.clone();
    match row.status {
        ResultStatus::Finished if row.position == Some(1) => {
            row.time_ms.map(words::time).unwrap_or_default()
        }
        ResultStatus::Finished => row
            .gap_ms
            .map(|gap| format!("+{}", words::time(gap)))
            .unwrap_or_default(),
        ResultStatus::Lapped => row.gap_laps.map_or_else(
            || "lapped".to_owned(),
            |laps| format!("+{}", words::count(laps.into(), "lap", "laps")),
        ),
        ResultStatus::Retired => reason().unwrap_or_else(|| "retired".to_owned()),
        ResultStatus::Disqualified => "disqualified".to_owned(),
        ResultStatus::NotClassified => "not classified".to_owned(),
        ResultStatus::DidNotStart => "did not start".to_owned(),
        ResultStatus::DidNotQualify => "did not qualify".to_owned(),
        ResultStatus::Excluded => "excluded".to_owned(),
    }
}

pub(super) fn timed(list: &Qualifying, id: &'static str, title: &'static str) -> Timed {
    let knockout = list.qualifying.iter().any(|row| row.q1_ms.is_some());
    let headings = if knockout {
        vec!["Q1", "Q2", "Q3"]
    } else {
        vec!["Time"]
    };
    let show = |time: Option<i32>| time.map_or_else(|| "–".to_owned(), words::time);
    let times = |row: &QualifyingRow| {
        if knockout {
            vec![show(row.q1_ms), show(row.q2_ms), show(row.q3_ms)]
        } else {
            vec![show(row.time_ms)]
        }
    };
    let rows = list.qualifying.iter().map(|row| TimedRow {
        position: row.position_text.clone(),
        who: Who::new(&row.driver, Some(&row.team)),
        times: times(row),
    });
    Timed {
        id,
        title,
        caption: "The classification before grid penalties.",
        headings,
        rows: rows.collect(),
    }
}

pub(super) fn starting(grid: &Grid, id: &'static str, title: &'static str) -> Starting {
    let rows = grid.grid.iter().map(|row| StartingRow {
        place: row
            .position
            .map_or_else(|| "pit".to_owned(), |place| place.to_string()),
        who: Who::new(&row.driver, Some(&row.team)),
        qualified: row
            .qualifying_position
            .map(|place| place.to_string())
            .unwrap_or_default(),
        penalty: match row.penalty.as_deref() {
            None => String::new(),
            Some("SFB") => "from the back".to_owned(),
            Some(places) => format!("{places} places"),
        },
    });
    Starting {
        id,
        title,
        caption: "As the cars started, after penalties.",
        rows: rows.collect(),
    }
}

pub(super) fn stop(row: &PitStopRow) -> Stop {
    Stop {
        lap: row.lap,
        who: Who::new(&row.driver, Some(&row.team)),
        nth: row.stop,
        time: row.time_ms.map_or_else(|| "–".to_owned(), words::time),
    }
}

/// Headings and a row a driver, the fastest of the last session first.
pub(super) fn practised(practice: &Practice) -> (Vec<String>, Vec<Practised>) {
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
    let show = |time: Option<i32>| time.map_or_else(|| "–".to_owned(), words::time);
    let rows = rows.into_iter().map(|(_, who, times)| Practised {
        who,
        times: times.into_iter().map(show).collect(),
    });
    (headings, rows.collect())
}
