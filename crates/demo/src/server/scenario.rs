//! Everything that happens in a championship, past and future, and how it can change.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use vocabulary::SessionKind;

use super::{
    corrections,
    table::{Row, Table},
    timetable::{self, SESSIONS, Session},
};
use crate::Release;

/// A championship from its first to its last race, as tables of a release.
#[derive(Clone)]
pub(crate) struct Scenario {
    /// By the file's name without prefix and suffix.
    tables: BTreeMap<String, Table>,
    /// The ids of cancelled races.
    cancelled: BTreeSet<String>,
}

/// A weekend.
pub(crate) struct Race<'a> {
    /// The id in the release, which no change affects.
    pub(crate) id: &'a str,
    pub(crate) year: i16,
    pub(crate) round: i16,
    pub(crate) cancelled: bool,
    /// In the order of time, the Grand Prix last.
    pub(crate) sessions: Vec<Session>,
    /// The row in `races`.
    pub(crate) row: &'a Row,
}

/// A change to a weekend that is published from an instant on.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) at: DateTime<Utc>,
    /// The id of the race in the release.
    pub(crate) race: String,
    pub(crate) kind: ChangeKind,
}

/// What changes.
#[derive(Clone)]
pub(crate) enum ChangeKind {
    /// A driver is disqualified from the Grand Prix.
    Disqualified { driver: String },
    /// The weekend is not held, or not to its end. Later rounds are renumbered or leave a gap.
    Cancelled { renumbered: bool },
    /// The whole weekend is held at another time. Rounds are renumbered in the order of time.
    Postponed { by: TimeDelta },
}

impl Scenario {
    /// The scenario of a complete release.
    pub(crate) fn new(release: &Release) -> Self {
        let files = release.files.iter();
        let name = |file: &str| {
            let name = file.strip_prefix("f1db-").unwrap();
            name.strip_suffix(".csv").unwrap().to_owned()
        };
        Self {
            tables: files
                .map(|(file, csv)| (name(file), Table::parse(csv)))
                .collect(),
            cancelled: BTreeSet::new(),
        }
    }

    /// The release of everything but cancelled weekends. It has no tag.
    pub(crate) fn release(&self) -> Release {
        let file = |(name, table): (&String, &Table)| {
            let id = match name.as_str() {
                "races" => Some("id"),
                _ => Some("raceId").filter(|id| table.has(id)),
            };
            let is_held = |row: &Row| id.is_none_or(|id| !self.cancelled.contains(row.text(id)));
            (format!("f1db-{name}.csv"), table.csv(is_held))
        };
        Release {
            tag: String::new(),
            files: self.tables.iter().map(file).collect(),
        }
    }

    /// A table by its name.
    pub(crate) fn table(&self, name: &str) -> &Table {
        &self.tables[name]
    }

    /// A table by its name, to be changed.
    pub(crate) fn table_mut(&mut self, name: &str) -> &mut Table {
        self.tables.get_mut(name).unwrap()
    }

    /// The rows of a table about a race.
    pub(crate) fn rows<'a>(&'a self, table: &str, race: &str) -> Vec<&'a Row> {
        let rows = self.table(table).rows.iter();
        rows.filter(|row| row.text("raceId") == race).collect()
    }

    /// The row of a driver, a country, ..., by its id.
    pub(crate) fn entity(&self, table: &str, id: &str) -> &Row {
        let mut rows = self.table(table).rows.iter();
        let found = rows.find(|row| row.text("id") == id);
        found.unwrap_or_else(|| panic!("no {id} in {table}"))
    }

    /// All weekends, cancelled or not, in the order of time.
    pub(crate) fn races(&self) -> Vec<Race<'_>> {
        let rows = self.table("races").rows.iter();
        let mut races: Vec<Race> = rows
            .map(|row| Race {
                id: row.text("id"),
                year: row.number("year").unwrap(),
                round: row.number("round").unwrap(),
                cancelled: self.cancelled.contains(row.text("id")),
                sessions: timetable::sessions(row),
                row,
            })
            .collect();
        races.sort_by_key(Race::start);
        races
    }

    /// A weekend by its id.
    pub(crate) fn race(&self, id: &str) -> Race<'_> {
        let races = self.races().into_iter();
        let mut found = races.filter(|race| race.id == id);
        found.next().unwrap_or_else(|| panic!("no race {id}"))
    }

    /// Applies a change.
    pub(crate) fn apply(&mut self, change: &Change) {
        let race = &change.race;
        let year = self.race(race).year;
        match &change.kind {
            ChangeKind::Disqualified { driver } => corrections::disqualify(self, race, driver),
            ChangeKind::Cancelled { renumbered } => {
                let sessions = self.race(race).sessions;
                let missed = sessions.iter().filter(|session| session.end() > change.at);
                for session in missed {
                    self.remove(race, session.kind);
                }
                self.cancelled.insert(race.clone());
                self.update_rounds(year, *renumbered);
            }
            ChangeKind::Postponed { by } => {
                let rows = &mut self.table_mut("races").rows;
                let row = rows.iter_mut().find(|row| row.text("id") == race).unwrap();
                timetable::shift(row, *by);
                self.update_rounds(year, true);
            }
        }
        corrections::recompute_standings(self, year);
    }

    /// Removes the results of a session, and the grid that it decides.
    pub(crate) fn remove(&mut self, race: &str, kind: SessionKind) {
        let (_, _, filled) = SESSIONS.iter().find(|row| row.0 == kind).unwrap();
        let grid = match kind {
            SessionKind::Qualifying => Some("races-starting-grid-positions"),
            SessionKind::SprintQualifying => Some("races-sprint-starting-grid-positions"),
            _ => None,
        };
        for table in filled.iter().copied().chain(grid) {
            let rows = &mut self.table_mut(table).rows;
            rows.retain(|row| row.text("raceId") != race);
        }
    }

    /// Renumbers the weekends of a season in the order of time, or only removes cancelled ones; the rounds of entries
    /// follow.
    fn update_rounds(&mut self, year: i16, renumber: bool) {
        let races = self.races().into_iter();
        let held = races.filter(|race| race.year == year && !race.cancelled);
        let rounds: BTreeMap<String, (i16, i16)> = (1..)
            .zip(held)
            .map(|(order, race)| {
                let round = if renumber { order } else { race.round };
                (race.id.to_owned(), (race.round, round))
            })
            .collect();
        for (name, table) in &mut self.tables {
            let id = if name == "races" { "id" } else { "raceId" };
            if !table.has(id) || !table.has("round") {
                continue;
            }
            for row in &mut table.rows {
                if let Some((_, round)) = rounds.get(row.text(id)) {
                    row.put("round", Some(round));
                }
            }
        }
        let moved: BTreeMap<i16, i16> = rounds.into_values().collect();
        for row in &mut self.table_mut("seasons-entrants-drivers").rows {
            if row.number("year") == Some(year) && row.maybe("rounds").is_some() {
                let listed = row.text("rounds").split(';');
                let listed: BTreeSet<i16> = listed
                    .filter_map(|round| moved.get(&round.parse().unwrap()).copied())
                    .collect();
                let list: Vec<String> = listed.iter().map(i16::to_string).collect();
                row.put_text("rounds", &list.join(";"));
                row.put_text("roundsText", &as_ranges(&listed));
            }
        }
    }
}

/// Rounds as text: `1-3,5`.
fn as_ranges(rounds: &BTreeSet<i16>) -> String {
    let mut runs: Vec<(i16, i16)> = Vec::new();
    for round in rounds {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *round => *last = *round,
            _ => runs.push((*round, *round)),
        }
    }
    let ranges = runs.iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    ranges.collect::<Vec<_>>().join(",")
}

impl Race<'_> {
    /// Start of the Grand Prix.
    pub(crate) fn start(&self) -> DateTime<Utc> {
        self.session(SessionKind::Race).unwrap().start
    }

    /// A session of the weekend.
    pub(crate) fn session(&self, kind: SessionKind) -> Option<Session> {
        let mut sessions = self.sessions.iter();
        sessions.find(|session| session.kind == kind).copied()
    }

    /// Whether a session was over at an instant.
    pub(crate) fn is_over(&self, kind: SessionKind, at: DateTime<Utc>) -> bool {
        self.session(kind)
            .is_some_and(|session| session.end() <= at)
    }
}
