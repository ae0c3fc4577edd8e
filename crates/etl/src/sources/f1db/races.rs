//! The calendar: races with their format and session times.

use std::collections::HashMap;

use chrono::NaiveDate;
use schema::{
    CircuitId, EventFormat, QualifyingFormat, RaceId, SessionKind,
    races::{Race, RaceSession},
};

use super::{
    lists::RaceLists,
    sheet::{Row, Sheet, SheetError},
};

/// Session, its date column and its time column.
const SESSIONS: [(SessionKind, &str, &str); 12] = [
    (
        SessionKind::PreQualifying,
        "preQualifyingDate",
        "preQualifyingTime",
    ),
    (
        SessionKind::Practice1,
        "freePractice1Date",
        "freePractice1Time",
    ),
    (
        SessionKind::Practice2,
        "freePractice2Date",
        "freePractice2Time",
    ),
    (
        SessionKind::Practice3,
        "freePractice3Date",
        "freePractice3Time",
    ),
    (
        SessionKind::Practice4,
        "freePractice4Date",
        "freePractice4Time",
    ),
    (
        SessionKind::Qualifying1,
        "qualifying1Date",
        "qualifying1Time",
    ),
    (
        SessionKind::Qualifying2,
        "qualifying2Date",
        "qualifying2Time",
    ),
    (SessionKind::Qualifying, "qualifyingDate", "qualifyingTime"),
    (
        SessionKind::SprintQualifying,
        "sprintQualifyingDate",
        "sprintQualifyingTime",
    ),
    (SessionKind::Sprint, "sprintRaceDate", "sprintRaceTime"),
    (SessionKind::WarmUp, "warmingUpDate", "warmingUpTime"),
    (SessionKind::Race, "date", "time"),
];

/// A race's key in any release: races are matched by (year, grand prix), since ids and rounds change.
#[must_use]
pub fn race_key(year: i16, grand_prix: &str) -> String {
    format!("{year} {grand_prix}")
}

/// What stays true of a race whose title changes: day and circuit.
pub type RaceFact = (NaiveDate, CircuitId);

/// Keys and lasting facts of `races`.
pub fn race_facts(
    sheet: &Sheet,
    circuits: &HashMap<String, CircuitId>,
) -> Result<Vec<(String, RaceFact)>, SheetError> {
    sheet.read(|row| {
        let key = race_key(row.get("year")?, row.word("grandPrixId")?);
        Ok((key, (row.get("date")?, row.lookup("circuitId", circuits)?)))
    })
}

/// Our ids by the release's own race ids, which its other files use.
pub fn race_ids(
    sheet: &Sheet,
    ours: &HashMap<String, RaceId>,
) -> Result<HashMap<String, RaceId>, SheetError> {
    let rows = sheet.read(|row| {
        let key = race_key(row.get("year")?, row.word("grandPrixId")?);
        Ok((row.word("id")?.to_owned(), ours[&key]))
    })?;
    Ok(rows.into_iter().collect())
}

/// Reads `races`; titles are from `grands-prix`, and a race's status follows from the `stored` lists.
pub fn races(
    sheet: &Sheet,
    grands_prix: &Sheet,
    ids: &HashMap<String, RaceId>,
    circuits: &HashMap<String, CircuitId>,
    stored: &RaceLists,
) -> Result<Vec<Race>, SheetError> {
    let titles: HashMap<String, String> = grands_prix
        .read(|row| Ok((row.word("id")?.to_owned(), row.word("fullName")?.to_owned())))?
        .into_iter()
        .collect();
    sheet.read(|row| {
        let id = row.lookup("id", ids)?;
        let year = row.get("year")?;
        let grand_prix = row.key("grandPrixId")?;
        let name = titles
            .get(grand_prix)
            .ok_or_else(|| row.error("grandPrixId", "is not in grands-prix"))?;
        let event_format = EventFormat::of(year, has_sprint(row)?);
        let (date, starts_at) = row
            .session("date", "time")?
            .ok_or_else(|| row.error("date", "is empty"))?;
        Ok(Race {
            id,
            year,
            round: row.get("round")?,
            grand_prix_key: grand_prix.to_owned(),
            name: name.clone(),
            official_name: row.word("officialName")?.to_owned(),
            circuit_id: row.lookup("circuitId", circuits)?,
            date,
            starts_at,
            event_format,
            status: stored.status(id, event_format),
            qualifying_format: qualifying_format(row)?,
            lap_length_m: row.metres("courseLength")?,
            turns: row.get("turns")?,
            laps: row.get("laps")?,
            scheduled_laps: row.maybe("scheduledLaps")?,
            sprint_laps: if event_format.has_sprint() {
                row.maybe("sprintRaceLaps")?
            } else {
                None
            },
        })
    })
}

/// Session times of every weekend, where the release has them.
pub fn sessions(
    sheet: &Sheet,
    ids: &HashMap<String, RaceId>,
) -> Result<Vec<RaceSession>, SheetError> {
    let weekends = sheet.read(|row| {
        let race_id = row.lookup("id", ids)?;
        let mut sessions = Vec::new();
        for (session, date, time) in SESSIONS {
            if let Some((date, starts_at)) = row.session(date, time)? {
                sessions.push(RaceSession {
                    race_id,
                    session,
                    date,
                    starts_at,
                });
            }
        }
        Ok(sessions)
    })?;
    Ok(weekends.into_iter().flatten().collect())
}

fn has_sprint(row: Row<'_>) -> Result<bool, SheetError> {
    Ok(row.text("sprintQualifyingFormat")?.is_some()
        || row.word("qualifyingFormat")? == "SPRINT_RACE")
}

fn qualifying_format(row: Row<'_>) -> Result<QualifyingFormat, SheetError> {
    let word = row.word("qualifyingFormat")?;
    word.to_lowercase().parse().map_err(|_| {
        row.error(
            "qualifyingFormat",
            format!("{word:?} is not a known format"),
        )
    })
}
