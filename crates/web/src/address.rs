//! Addresses of pages that several others link to.

use client::vocabulary::Contest;

/// The race weekend.
pub(crate) fn race(year: i16, round: i16) -> String {
    format!("/seasons/{year}/races/{round}")
}

/// The forecast of a race or a sprint.
pub(crate) fn prediction(year: i16, round: i16, contest: Contest) -> String {
    let page = match contest {
        Contest::GrandPrix => "prediction",
        Contest::Sprint => "sprint-prediction",
    };
    format!("{}/{page}", race(year, round))
}

/// The title odds of a season.
pub(crate) fn title_odds(year: i16) -> String {
    format!("/seasons/{year}/outlook")
}
