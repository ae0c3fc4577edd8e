//! Which lists there are of each race, and how far a weekend has come by them.

use std::collections::HashSet;

use schema::{EventFormat, RaceId, RaceList, RaceStatus};

/// The lists of races.
#[derive(Debug, Clone, Default)]
pub struct RaceLists(HashSet<(RaceId, RaceList)>);

impl RaceLists {
    /// Adds a list of a race.
    pub fn insert(&mut self, race: RaceId, list: RaceList) {
        self.0.insert((race, list));
    }

    /// Whether there is a list of a race.
    #[must_use]
    pub fn contains(&self, race: RaceId, list: RaceList) -> bool {
        self.0.contains(&(race, list))
    }

    /// The races with a list.
    pub fn races(&self, list: RaceList) -> impl Iterator<Item = RaceId> + '_ {
        let of_list = self.0.iter().filter(move |(_, of)| *of == list);
        of_list.map(|(race, _)| *race)
    }

    /// All lists.
    pub fn iter(&self) -> impl Iterator<Item = (RaceId, RaceList)> + '_ {
        self.0.iter().copied()
    }

    /// How far a weekend has come: the status of the last list, in the order of its format.
    #[must_use]
    pub fn status(&self, race: RaceId, format: EventFormat) -> RaceStatus {
        let qualifying = (RaceStatus::QualifyingDone, RaceList::Qualifying);
        let sprint = (RaceStatus::SprintDone, RaceList::Sprint);
        let sprint_qualifying = (RaceStatus::SprintQualifyingDone, RaceList::SprintQualifying);
        let order: &[(RaceStatus, RaceList)] = match format {
            EventFormat::Conventional => &[qualifying],
            EventFormat::Sprint => &[qualifying, sprint],
            EventFormat::SprintShootout => &[qualifying, sprint_qualifying, sprint],
            EventFormat::SprintQualifying => &[sprint_qualifying, sprint, qualifying],
        };
        if self.contains(race, RaceList::Race) {
            return RaceStatus::Completed;
        }
        let mut latest = order.iter().rev();
        latest
            .find(|(_, list)| self.contains(race, *list))
            .map_or(RaceStatus::Scheduled, |(status, _)| *status)
    }
}
