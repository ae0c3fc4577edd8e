//! What upstream took back after it was held: on the page of the race, and on that of the pipeline.

use client::{
    corrections::{CorrectedRow, Correction},
    vocabulary::{RaceList, ResultStatus},
};

use crate::words;

/// A row that was changed or removed.
pub(crate) struct Corrected {
    pub(crate) when: String,
    pub(crate) list: String,
    pub(crate) driver: String,
    pub(crate) driver_href: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Words for a correction; of `year` the year goes without saying.
pub(crate) fn corrected(row: &Correction, year: i16) -> Corrected {
    let other = row.after.as_ref();
    Corrected {
        when: row
            .at
            .map_or_else(|| "–".to_owned(), |at| words::instant(at, year)),
        list: words::sentence(list_name(row.list)),
        driver: row.driver.name.clone(),
        driver_href: format!("/drivers/{}", row.driver.key),
        before: described(&row.before, other),
        after: other.map_or_else(
            || "not in the list".to_owned(),
            |after| described(after, Some(&row.before)),
        ),
    }
}

/// What a list is called within a sentence.
pub(crate) const fn list_name(list: RaceList) -> &'static str {
    match list {
        RaceList::Practice1 => "practice 1",
        RaceList::Practice2 => "practice 2",
        RaceList::Practice3 => "practice 3",
        RaceList::Practice4 => "practice 4",
        RaceList::SprintQualifying => "sprint qualifying",
        RaceList::SprintGrid => "sprint grid",
        RaceList::Sprint => "sprint result",
        RaceList::Qualifying => "qualifying",
        RaceList::Grid => "starting grid",
        RaceList::Race => "race result",
        RaceList::PitStops => "pit stops",
        RaceList::Laps => "lap times",
    }
}

/// The place or why there is none, and the points where they differ from the other side's.
fn described(row: &CorrectedRow, other: Option<&CorrectedRow>) -> String {
    let status = row.status.and_then(status_name);
    let mut said: Vec<String> = Vec::new();
    match row.position {
        Some(place) => said.push(words::ordinal(place.into())),
        None if status.is_none() => said.push(match row.pit_lane {
            Some(true) => "pit lane".to_owned(),
            _ => "no place".to_owned(),
        }),
        None => {}
    }
    said.extend(status.map(str::to_owned));
    if let Some(points) = row.points
        && other.is_none_or(|other| other.points != row.points)
    {
        let noun = if (points - 1.0).abs() < f64::EPSILON {
            "point"
        } else {
            "points"
        };
        said.push(format!("{} {noun}", words::points(points)));
    }
    said.join(", ")
}

/// How a race ended, where the place does not say it.
const fn status_name(status: ResultStatus) -> Option<&'static str> {
    match status {
        ResultStatus::Finished | ResultStatus::Lapped => None,
        ResultStatus::Retired => Some("retired"),
        ResultStatus::Disqualified => Some("disqualified"),
        ResultStatus::NotClassified => Some("not classified"),
        ResultStatus::DidNotStart => Some("did not start"),
        ResultStatus::DidNotQualify => Some("did not qualify"),
        ResultStatus::Excluded => Some("excluded"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_say_what_differs() {
        let row = |position, status, points| CorrectedRow {
            position,
            status,
            points,
            pit_lane: None,
        };
        let first = row(Some(1), Some(ResultStatus::Finished), Some(25.0));
        let out = row(None, Some(ResultStatus::Disqualified), Some(0.0));
        assert_eq!(described(&first, Some(&out)), "1st, 25 points");
        assert_eq!(described(&out, Some(&first)), "disqualified, 0 points");
        let pit_lane = CorrectedRow {
            pit_lane: Some(true),
            ..row(None, None, None)
        };
        assert_eq!(described(&pit_lane, None), "pit lane");
        assert_eq!(
            described(
                &row(Some(2), None, Some(18.0)),
                Some(&row(Some(3), None, Some(18.0)))
            ),
            "2nd"
        );
    }
}
