//! Drivers, teams with their lineages, circuits, and season entries.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use chrono::NaiveDate;
use schema::{
    CircuitId, DriverId, LineageId, TeamId,
    reference::{Circuit, Driver, SeasonEntry, Team},
};

use tzf_rs::DefaultFinder;

use super::sheet::{Row, Sheet, SheetError};
use crate::identity::names::Name;

/// Degrees north and east: what stays true of a circuit whose key changes.
pub type Coordinates = (f64, f64);

/// Polygons of the world's time zones; unpacked on first use.
static TIME_ZONES: LazyLock<DefaultFinder> = LazyLock::new(DefaultFinder::new);

/// Country key to (name, ISO 3166 alpha-2 code).
pub type Countries = HashMap<String, (String, String)>;

/// What stays true of a driver whose key changes: birth date and name.
pub type PersonFact = (NaiveDate, Name);

/// What stays true of a team whose key changes: its drivers in each season.
pub type TeamFact = BTreeSet<(i16, DriverId)>;

/// Reads `countries`.
pub fn countries(sheet: &Sheet) -> Result<Countries, SheetError> {
    let rows = sheet.read(|row| {
        let code = row.code("alpha2Code", 2)?;
        Ok((
            row.word("id")?.to_owned(),
            (row.word("name")?.to_owned(), code.to_owned()),
        ))
    })?;
    Ok(rows.into_iter().collect())
}

/// Keys and lasting facts of `drivers`.
pub fn driver_facts(sheet: &Sheet) -> Result<Vec<(String, PersonFact)>, SheetError> {
    sheet.read(|row| {
        let name = Name::new(row.word("name")?, row.word("lastName")?);
        let fact = (row.get("dateOfBirth")?, name);
        Ok((row.word("id")?.to_owned(), fact))
    })
}

/// Whether two drivers are one: born on the same day, with matching names.
#[must_use]
pub fn same_person(ours: &PersonFact, theirs: &PersonFact) -> bool {
    ours.0 == theirs.0 && ours.1.matches(&theirs.1)
}

/// Reads `drivers`.
pub fn drivers(
    sheet: &Sheet,
    countries: &Countries,
    ids: &HashMap<String, DriverId>,
) -> Result<Vec<Driver>, SheetError> {
    sheet.read(|row| {
        let (nationality, country_code) = country(row, "nationalityCountryId", countries)?;
        Ok(Driver {
            id: row.lookup("id", ids)?,
            driver_key: row.key("id")?.to_owned(),
            name: row.word("name")?.to_owned(),
            first_name: row.word("firstName")?.to_owned(),
            last_name: row.word("lastName")?.to_owned(),
            full_name: row.word("fullName")?.to_owned(),
            code: row.code("abbreviation", 3)?.to_owned(),
            permanent_number: row.maybe("permanentNumber")?,
            date_of_birth: row.get("dateOfBirth")?,
            date_of_death: row.maybe("dateOfDeath")?,
            place_of_birth: Some(row.word("placeOfBirth")?.to_owned()),
            nationality: Some(nationality),
            country_code: Some(country_code),
        })
    })
}

/// Keys of `constructors` with their drivers, from `seasons-entrants-drivers`.
pub fn team_facts(
    constructors: &Sheet,
    entries: &Sheet,
    drivers: &HashMap<String, DriverId>,
) -> Result<Vec<(String, TeamFact)>, SheetError> {
    let mut drove: HashMap<String, TeamFact> = HashMap::new();
    entries.read(|row| {
        let drive = (row.get("year")?, row.lookup("driverId", drivers)?);
        drove
            .entry(row.word("constructorId")?.to_owned())
            .or_default()
            .insert(drive);
        Ok(())
    })?;
    constructors.read(|row| {
        let key = row.word("id")?.to_owned();
        let fact = drove.remove(&key).unwrap_or_default();
        Ok((key, fact))
    })
}

/// Whether two teams are one: at least half of the drives of each are also the other's. A provisional team has a few races,
/// its namesake perhaps many seasons: there, more than half of our drives must be theirs.
#[must_use]
pub fn same_team(ours: &TeamFact, provisional: bool, theirs: &TeamFact) -> bool {
    let shared = ours.intersection(theirs).count();
    if provisional {
        return 2 * shared > ours.len();
    }
    shared > 0 && 2 * shared >= ours.len() && 2 * shared >= theirs.len()
}

/// Reads `constructors`; `lineages` has the lineage of each team key.
pub fn teams(
    sheet: &Sheet,
    countries: &Countries,
    ids: &HashMap<String, TeamId>,
    lineages: &HashMap<String, LineageId>,
) -> Result<Vec<Team>, SheetError> {
    sheet.read(|row| {
        let (country, country_code) = country(row, "countryId", countries)?;
        Ok(Team {
            id: row.lookup("id", ids)?,
            team_key: row.key("id")?.to_owned(),
            lineage_id: row.lookup("id", lineages)?,
            name: row.word("name")?.to_owned(),
            full_name: row.word("fullName")?.to_owned(),
            country: Some(country),
            country_code: Some(country_code),
        })
    })
}

/// The keys of a lineage's teams, the newest first.
pub type LineageKeys = Vec<String>;

/// Reads `constructors-chronology`; a team without a line is a lineage of its own.
pub fn lineages(chronology: &Sheet, constructors: &Sheet) -> Result<Vec<LineageKeys>, SheetError> {
    // Each member repeats the whole line; the row order inside a line is by time.
    let mut lines: HashMap<String, Vec<(i16, String)>> = HashMap::new();
    chronology.read(|row| {
        let member = (row.get("yearFrom")?, row.word("constructorId")?.to_owned());
        lines
            .entry(row.word("parentConstructorId")?.to_owned())
            .or_default()
            .push(member);
        Ok(())
    })?;
    let mut lineages: BTreeSet<LineageKeys> = BTreeSet::new();
    constructors.read(|row| {
        let key = row.word("id")?;
        let mut line = lines
            .get(key)
            .cloned()
            .unwrap_or_else(|| vec![(0, key.to_owned())]);
        line.sort_by(|a, b| b.cmp(a));
        let mut keys = LineageKeys::new();
        for (_, member) in line {
            if !keys.contains(&member) {
                keys.push(member);
            }
        }
        lineages.insert(keys);
        Ok(())
    })?;
    Ok(lineages.into_iter().collect())
}

/// Keys and coordinates of `circuits`.
pub fn circuit_facts(sheet: &Sheet) -> Result<Vec<(String, Coordinates)>, SheetError> {
    sheet.read(|row| {
        Ok((
            row.word("id")?.to_owned(),
            (row.decimal("latitude")?, row.decimal("longitude")?),
        ))
    })
}

/// Whether two circuits are one: less than about two kilometres apart.
#[must_use]
pub fn same_circuit(ours: &Coordinates, theirs: &Coordinates) -> bool {
    (ours.0 - theirs.0).abs() < 0.02 && (ours.1 - theirs.1).abs() < 0.02
}

/// Reads `circuits`.
pub fn circuits(
    sheet: &Sheet,
    countries: &Countries,
    ids: &HashMap<String, CircuitId>,
) -> Result<Vec<Circuit>, SheetError> {
    sheet.read(|row| {
        let (country, country_code) = country(row, "countryId", countries)?;
        let (latitude, longitude) = (row.decimal("latitude")?, row.decimal("longitude")?);
        let clockwise = match row.word("direction")? {
            "CLOCKWISE" => true,
            "ANTI_CLOCKWISE" => false,
            other => return Err(row.error("direction", format!("{other:?} is not a direction"))),
        };
        Ok(Circuit {
            id: row.lookup("id", ids)?,
            circuit_key: row.key("id")?.to_owned(),
            name: row.word("name")?.to_owned(),
            full_name: row.word("fullName")?.to_owned(),
            place: row.word("placeName")?.to_owned(),
            country,
            country_code,
            latitude,
            longitude,
            time_zone: TIME_ZONES.get_tz_name(longitude, latitude).to_owned(),
            kind: row.word("type")?.to_lowercase(),
            clockwise,
            length_m: row.metres("length")?,
            turns: row.get("turns")?,
        })
    })
}

/// Reads `seasons-entrants-drivers`; a driver who changes team, car or engine has several rows.
pub fn season_entries(
    sheet: &Sheet,
    entrants: &Sheet,
    teams: &HashMap<String, TeamId>,
    drivers: &HashMap<String, DriverId>,
) -> Result<Vec<SeasonEntry>, SheetError> {
    let names: HashMap<String, String> = entrants
        .read(|row| Ok((row.word("id")?.to_owned(), row.word("name")?.to_owned())))?
        .into_iter()
        .collect();
    sheet.read(|row| {
        let key = row.word("entrantId")?;
        let entrant = names
            .get(key)
            .ok_or_else(|| row.error("entrantId", format!("{key:?} is not an entrant")))?;
        Ok(SeasonEntry {
            year: row.get("year")?,
            entrant: entrant.clone(),
            team_id: row.lookup("constructorId", teams)?,
            engine: row.word("engineManufacturerId")?.to_owned(),
            driver_id: row.lookup("driverId", drivers)?,
            rounds: row.list("rounds")?,
            test_driver: row.get("testDriver")?,
        })
    })
}

fn country(
    row: Row<'_>,
    column: &str,
    countries: &Countries,
) -> Result<(String, String), SheetError> {
    let key = row.word(column)?;
    countries
        .get(key)
        .cloned()
        .ok_or_else(|| row.error(column, format!("{key:?} is not a country of the release")))
}
