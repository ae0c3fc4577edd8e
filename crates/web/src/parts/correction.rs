//! A result that was changed or removed upstream after it was stored: on the pages of the race and of the pipeline.

use client::corrections::{CorrectedRow, Correction};

use crate::{competitor::Competitor, words};

/// A row that was changed or removed.
pub(crate) struct CorrectionRow {
    pub(crate) when: String,
    pub(crate) list: String,
    pub(crate) driver: String,
    pub(crate) driver_href: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

impl CorrectionRow {
    /// Both sides of `correction`; its time leaves out the year where it is `year`.
    pub(crate) fn new(correction: &Correction, year: i16) -> Self {
        let Correction { before, after, .. } = correction;
        Self {
            when: words::or_dash(correction.at.map(|at| words::instant(at, year))),
            list: words::capitalised(words::list_name(correction.list)),
            driver: correction.driver.name.clone(),
            driver_href: Competitor::Driver.profile(&correction.driver.key),
            before: described(before, after.as_ref()),
            after: after.as_ref().map_or_else(
                || "not in the list".to_owned(),
                |after| described(after, Some(before)),
            ),
        }
    }
}

/// The place or why there is none, and the points where the other side has different ones.
fn described(row: &CorrectedRow, other: Option<&CorrectedRow>) -> String {
    let status = row.status.and_then(words::status_name);
    let place = match (row.position, row.pit_lane) {
        (Some(place), _) => Some(words::ordinal(place)),
        (None, _) if status.is_some() => None,
        (None, Some(true)) => Some("pit lane".to_owned()),
        (None, _) => Some("no place".to_owned()),
    };
    let points = row
        .points
        .filter(|_| other.is_none_or(|other| other.points != row.points))
        .map(words::count_points);
    let facts = [place, status.map(str::to_owned), points];
    facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use client::vocabulary::ResultStatus;

    use super::*;

    #[test]
    fn both_sides_name_what_differs() {
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
