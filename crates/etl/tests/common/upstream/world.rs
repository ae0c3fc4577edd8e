//! What happens in the championship, whole, and how that can still change.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use etl::demo::Release;
use schema::SessionKind;

use super::{
    clock::{self, SESSIONS, Session},
    sheet::{Row, Sheet},
    tables,
};

/// Everything that happens, past and future, as files of a release.
#[derive(Clone)]
pub(super) struct World {
    sheets: BTreeMap<String, Sheet>,
    /// Race ids.
    cancelled: BTreeSet<String>,
}

/// A weekend.
pub(super) struct Race<'a> {
    /// The release's own id, which no change touches.
    pub(super) id: &'a str,
    pub(super) year: i16,
    pub(super) round: i16,
    pub(super) cancelled: bool,
    /// In their order, the Grand Prix last.
    pub(super) sessions: Vec<Session>,
    /// Its line in `races`.
    pub(super) row: &'a Row,
}

/// Something that comes out differently than it first looked, from an instant on.
#[derive(Clone)]
pub(super) struct Change {
    pub(super) at: DateTime<Utc>,
    /// The release's own id.
    pub(super) race: String,
    pub(super) what: What,
}

/// What changes.
#[derive(Clone)]
pub(super) enum What {
    /// A car is taken out of the Grand Prix result.
    Disqualified { driver: String },
    /// The weekend is not held, or not to its end; the later ones are renumbered or keep their rounds.
    Cancelled { renumbered: bool },
    /// The whole weekend is held at another time; rounds stay in the order of time.
    Postponed { by: TimeDelta },
}

impl World {
    /// What a complete release tells.
    pub(super) fn new(release: &Release) -> Self {
        let sheets = release.files.iter();
        let name = |file: &str| {
            let name = file.strip_prefix("f1db-").unwrap();
            name.strip_suffix(".csv").unwrap().to_owned()
        };
        Self {
            sheets: sheets
                .map(|(file, csv)| (name(file), Sheet::parse(csv)))
                .collect(),
            cancelled: BTreeSet::new(),
        }
    }

    /// Writes the files of a release; nothing is told of cancelled weekends.
    pub(super) fn release(&self) -> Release {
        let file = |(table, sheet): (&String, &Sheet)| {
            let id = match table.as_str() {
                "races" => Some("id"),
                _ => Some("raceId").filter(|id| sheet.has(id)),
            };
            let held = |row: &Row| id.is_none_or(|id| !self.cancelled.contains(row.text(id)));
            (format!("f1db-{table}.csv"), sheet.csv(held))
        };
        Release {
            tag: String::new(),
            files: self.sheets.iter().map(file).collect(),
        }
    }

    /// A file of the release.
    pub(super) fn sheet(&self, table: &str) -> &Sheet {
        &self.sheets[table]
    }

    /// A file of the release, to be changed.
    pub(super) fn sheet_mut(&mut self, table: &str) -> &mut Sheet {
        self.sheets.get_mut(table).unwrap()
    }

    /// The rows of a file about a race.
    pub(super) fn rows<'a>(&'a self, table: &str, race: &str) -> Vec<&'a Row> {
        let rows = self.sheet(table).rows.iter();
        rows.filter(|row| row.text("raceId") == race).collect()
    }

    /// The line of a driver, a country, ...
    pub(super) fn entity(&self, table: &str, id: &str) -> &Row {
        let mut rows = self.sheet(table).rows.iter();
        let found = rows.find(|row| row.text("id") == id);
        found.unwrap_or_else(|| panic!("no {id} in {table}"))
    }

    /// All weekends in the order of time, the cancelled among them.
    pub(super) fn races(&self) -> Vec<Race<'_>> {
        let rows = self.sheet("races").rows.iter();
        let mut races: Vec<Race> = rows
            .map(|row| Race {
                id: row.text("id"),
                year: row.number("year").unwrap(),
                round: row.number("round").unwrap(),
                cancelled: self.cancelled.contains(row.text("id")),
                sessions: clock::sessions(row),
                row,
            })
            .collect();
        races.sort_by_key(Race::start);
        races
    }

    /// The weekend with an id.
    pub(super) fn race(&self, id: &str) -> Race<'_> {
        let races = self.races().into_iter();
        let mut found = races.filter(|race| race.id == id);
        found.next().unwrap_or_else(|| panic!("no race {id}"))
    }

    /// Lets a change happen.
    pub(super) fn apply(&mut self, change: &Change) {
        let race = &change.race;
        let year = self.race(race).year;
        match &change.what {
            What::Disqualified { driver } => tables::disqualify(self, race, driver),
            What::Cancelled { renumbered } => {
                let sessions = self.race(race).sessions;
                let missed = sessions.iter().filter(|session| session.end() > change.at);
                for session in missed {
                    self.remove(race, session.kind);
                }
                self.cancelled.insert(race.clone());
                self.number(year, *renumbered);
            }
            What::Postponed { by } => {
                let rows = &mut self.sheet_mut("races").rows;
                let row = rows.iter_mut().find(|row| row.text("id") == race).unwrap();
                clock::shift(row, *by);
                self.number(year, true);
            }
        }
        tables::recompute(self, year);
    }

    /// Takes away what a session gives, its grid included.
    pub(super) fn remove(&mut self, race: &str, kind: SessionKind) {
        let known = SESSIONS.iter().find(|(held, ..)| *held == kind);
        let (_, _, filled) = known.unwrap();
        let grid = match kind {
            SessionKind::Qualifying => Some("races-starting-grid-positions"),
            SessionKind::SprintQualifying => Some("races-sprint-starting-grid-positions"),
            _ => None,
        };
        for table in filled.iter().copied().chain(grid) {
            let rows = &mut self.sheet_mut(table).rows;
            rows.retain(|row| row.text("raceId") != race);
        }
    }

    /// Numbers the weekends of a season that are held in the order of time, or leaves them their rounds; entries follow.
    fn number(&mut self, year: i16, anew: bool) {
        let races = self.races().into_iter();
        let held = races.filter(|race| race.year == year && !race.cancelled);
        let rounds: BTreeMap<String, (i16, i16)> = (1..)
            .zip(held)
            .map(|(order, race)| {
                let round = if anew { order } else { race.round };
                (race.id.to_owned(), (race.round, round))
            })
            .collect();
        for (table, sheet) in &mut self.sheets {
            let id = if table == "races" { "id" } else { "raceId" };
            if !sheet.has(id) || !sheet.has("round") {
                continue;
            }
            for row in &mut sheet.rows {
                if let Some((_, round)) = rounds.get(row.text(id)) {
                    row.put("round", Some(round));
                }
            }
        }
        let moved: BTreeMap<i16, i16> = rounds.into_values().collect();
        for row in &mut self.sheet_mut("seasons-entrants-drivers").rows {
            if row.number("year") == Some(year) && row.maybe("rounds").is_some() {
                let listed = row.text("rounds").split(';');
                let listed: BTreeSet<i16> = listed
                    .filter_map(|round| moved.get(&round.parse().unwrap()).copied())
                    .collect();
                let list: Vec<String> = listed.iter().map(i16::to_string).collect();
                row.write("rounds", &list.join(";"));
                row.write("roundsText", &in_words(&listed));
            }
        }
    }
}

/// `1-3,5`.
fn in_words(rounds: &BTreeSet<i16>) -> String {
    let mut runs: Vec<(i16, i16)> = Vec::new();
    for round in rounds {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *round => *last = *round,
            _ => runs.push((*round, *round)),
        }
    }
    let words = runs.iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    words.collect::<Vec<_>>().join(",")
}

impl Race<'_> {
    /// Start of the Grand Prix.
    pub(super) fn start(&self) -> DateTime<Utc> {
        self.session(SessionKind::Race).unwrap().start
    }

    /// A session of the weekend.
    pub(super) fn session(&self, kind: SessionKind) -> Option<Session> {
        let mut sessions = self.sessions.iter();
        sessions.find(|session| session.kind == kind).copied()
    }

    /// Whether a session was over at an instant.
    pub(super) fn is_over(&self, kind: SessionKind, at: DateTime<Utc>) -> bool {
        self.session(kind)
            .is_some_and(|session| session.end() <= at)
    }
}
