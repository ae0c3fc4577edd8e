//! The session after which each list of a weekend is published.

use crate::{EventFormat, RaceList, SessionKind};

/// The session after which `list` is published, or `None` where a weekend of this format has no such list. The table
/// `session_lists` holds the same for SQL.
#[must_use]
pub const fn session_of(list: RaceList, format: EventFormat) -> Option<SessionKind> {
    // 2021-22: Friday's qualifying sets the grid of the sprint, and the sprint that of the Grand Prix.
    let sprint_sets_grid = matches!(format, EventFormat::Sprint);
    Some(match list {
        RaceList::Practice1 => SessionKind::Practice1,
        RaceList::Practice2 => SessionKind::Practice2,
        RaceList::Practice3 => SessionKind::Practice3,
        RaceList::Practice4 => SessionKind::Practice4,
        RaceList::SprintQualifying | RaceList::SprintGrid | RaceList::Sprint
            if !format.has_sprint() =>
        {
            return None;
        }
        RaceList::SprintQualifying if sprint_sets_grid => return None,
        RaceList::SprintGrid if sprint_sets_grid => SessionKind::Qualifying,
        RaceList::SprintQualifying | RaceList::SprintGrid => SessionKind::SprintQualifying,
        RaceList::Sprint => SessionKind::Sprint,
        RaceList::Grid if sprint_sets_grid => SessionKind::Sprint,
        RaceList::Qualifying | RaceList::Grid => SessionKind::Qualifying,
        RaceList::Race | RaceList::PitStops | RaceList::Laps => SessionKind::Race,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_follows_the_session_that_sets_it() {
        let grids = |format| {
            (
                session_of(RaceList::SprintGrid, format),
                session_of(RaceList::Grid, format),
            )
        };
        for (format, sprint, grand_prix) in [
            (EventFormat::Conventional, None, SessionKind::Qualifying),
            (
                EventFormat::Sprint,
                Some(SessionKind::Qualifying),
                SessionKind::Sprint,
            ),
            (
                EventFormat::SprintShootout,
                Some(SessionKind::SprintQualifying),
                SessionKind::Qualifying,
            ),
            (
                EventFormat::SprintQualifying,
                Some(SessionKind::SprintQualifying),
                SessionKind::Qualifying,
            ),
        ] {
            assert_eq!(grids(format), (sprint, Some(grand_prix)), "{format}");
        }
    }

    #[test]
    fn only_a_sprint_weekend_has_a_sprint() {
        for format in EventFormat::ALL {
            let sprint = session_of(RaceList::Sprint, *format);
            assert_eq!(sprint.is_some(), format.has_sprint(), "{format}");
        }
    }
}
