//! The sessions of a weekend that are published at a moment.

use schema::{Contest, EventFormat, Moment};

/// The sessions of a weekend that are published at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PublishedSessions {
    /// Number of practice sessions.
    pub(super) practice: usize,
    /// Whether the session that sets the grid of the contest is published.
    pub(super) qualifying: bool,
    /// Whether the sprint is published, for the Grand Prix.
    pub(super) sprint: bool,
    /// Whether it is a published result before qualifying, which the open filter's forecast knows.
    pub(super) early_sprint: bool,
}

impl PublishedSessions {
    /// Until 2022 qualifying came before second practice and the sprint set the grid. In 2023, too, the sprint came after
    /// qualifying.
    pub(super) const fn of(contest: Contest, moment: Moment, format: EventFormat) -> Self {
        let practice = match (contest, moment) {
            (_, Moment::BeforeWeekend) => 0,
            (Contest::Sprint, _) => 1,
            (Contest::GrandPrix, Moment::OfficialGrid) => 3,
            (Contest::GrandPrix, _) => {
                if matches!(format, EventFormat::Sprint) {
                    1
                } else {
                    3
                }
            }
        };
        let grand_prix = matches!(contest, Contest::GrandPrix);
        let sprint_is_first = matches!(format, EventFormat::SprintQualifying);
        Self {
            practice,
            qualifying: matches!(moment, Moment::QualifyingOrder | Moment::OfficialGrid),
            sprint: grand_prix
                && match moment {
                    Moment::OfficialGrid => true,
                    Moment::QualifyingOrder => sprint_is_first,
                    Moment::BeforeWeekend | Moment::BeforeQualifying => false,
                },
            early_sprint: grand_prix
                && sprint_is_first
                && matches!(moment, Moment::BeforeQualifying),
        }
    }
}
