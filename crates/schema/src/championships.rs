//! Standings.

use crate::{Championship, DriverId, Points, RaceId, StandingSource, TeamId, table};

table! {
    /// A row of a standings table.
    Standing in "standings" keyed by [race_id, is_final, championship, display_order] {
        /// After this race.
        race_id: RaceId,
        /// Whether this is the final table of the season, stored with its last race.
        is_final: bool,
        /// Drivers or teams.
        championship: Championship,
        /// 1, 2, ... as published.
        display_order: i16,
        /// Published, or computed from results.
        source: StandingSource,
        /// Place, shared in a tie; `None` when excluded.
        position: Option<i16>,
        /// The place as published: a number, DSQ or EX.
        position_text: String,
        /// The driver, in the drivers' championship.
        driver_id: Option<DriverId>,
        /// The team, in the teams' championship.
        team_id: Option<TeamId>,
        /// Key of the engine manufacturer, where chassis and engine were classified together.
        engine: Option<String>,
        /// Points that count.
        points: Points,
        /// Whether this competitor has won the title.
        champion: bool,
    }
}
