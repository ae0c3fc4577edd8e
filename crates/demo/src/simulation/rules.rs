//! The rules of the series: distances, points and the timetable of a weekend.

use vocabulary::{
    Contest, EventFormat,
    SessionKind::{self, Practice1, Practice2, Practice3, Qualifying, Sprint, SprintQualifying},
};

/// The least distance of a contest, metres.
pub(crate) const fn race_distance(contest: Contest) -> u32 {
    match contest {
        Contest::GrandPrix => 305_000,
        Contest::Sprint => 100_000,
    }
}

/// Points for the first, second, ... of the classification.
pub(crate) const fn points(contest: Contest) -> &'static [u32] {
    match contest {
        Contest::GrandPrix => &[25, 18, 15, 12, 10, 8, 6, 4, 2, 1],
        Contest::Sprint => &[8, 7, 6, 5, 4, 3, 2, 1],
    }
}

/// The sessions before the race, each with its start in minutes before the start of the race.
pub(crate) const fn timetable(format: EventFormat) -> &'static [(SessionKind, i64)] {
    match format {
        EventFormat::Conventional => &[
            (Practice1, 3030),
            (Practice2, 2820),
            (Practice3, 1650),
            (Qualifying, 1440),
        ],
        EventFormat::Sprint => &[
            (Practice1, 2970),
            (Qualifying, 2760),
            (Practice2, 1650),
            (Sprint, 1440),
        ],
        EventFormat::SprintShootout => &[
            (Practice1, 2970),
            (Qualifying, 2760),
            (SprintQualifying, 1680),
            (Sprint, 1440),
        ],
        EventFormat::SprintQualifying => &[
            (Practice1, 3030),
            (SprintQualifying, 2790),
            (Sprint, 1680),
            (Qualifying, 1440),
        ],
    }
}

/// The number of practice sessions of a weekend.
pub(crate) const fn practices(format: EventFormat) -> usize {
    match format {
        EventFormat::Conventional => 3,
        EventFormat::Sprint => 2,
        EventFormat::SprintShootout | EventFormat::SprintQualifying => 1,
    }
}
