//! Rows about drivers, teams, circuits and the calendar: everything but the results of sessions.

use std::collections::BTreeSet;

use vocabulary::{Contest, EventFormat, SessionKind};

use super::{
    csv::{Cell, cells},
    writer::Writer,
};
use crate::simulation::{
    CIRCUITS, COUNTRIES, Circuit, Driver, ENGINES, Race, Season, Seat, race_distance, slug,
};

/// Writes everything but races and results. Career totals are 0 and career bests are empty: they are not computed.
pub(crate) fn write(writer: &mut Writer, seasons: &[Season], rounds: u16) {
    let entered = seasons
        .iter()
        .flat_map(|season| season.entered().map(|seat| seat.driver));
    let entered: BTreeSet<usize> = entered.chain([writer.field.reserve]).collect();
    let mut drivers: Vec<&Driver> = entered
        .into_iter()
        .map(|driver| &writer.field.drivers[driver])
        .collect();
    drivers.sort_by_key(|driver| &driver.id);
    for driver in drivers {
        writer.row("drivers", &driver_row(driver));
    }
    let mut circuits: Vec<&Circuit> = CIRCUITS.iter().take(usize::from(rounds)).collect();
    circuits.sort_by_key(|circuit| slug(circuit.name));
    for circuit in &circuits {
        writer.row("circuits", &circuit_row(circuit));
    }
    circuits.sort_by_key(|circuit| slug(circuit.grand_prix().0));
    for circuit in circuits {
        writer.row("grands-prix", &grand_prix_row(circuit));
    }
    for (id, alpha2, alpha3, olympic, name, demonym, continent) in COUNTRIES {
        writer.row(
            "countries",
            &cells![id, alpha2, alpha3, olympic, name, demonym, continent],
        );
    }
    for (name, country) in ENGINES {
        let mut row = Vec::from(cells![slug(name), name, country]);
        row.extend(no_record(4, 13));
        writer.row("engine-manufacturers", &row);
    }
    write_teams(writer, seasons);
    for season in seasons {
        writer.row("seasons", &cells![season.year]);
        write_entries(writer, season);
    }
}

/// Writes a race of the calendar, and which titles it decided.
pub(crate) fn write_race(
    writer: &mut Writer,
    race: &Race,
    drivers_decider: bool,
    teams_decider: bool,
) {
    let circuit = race.circuit;
    let (grand_prix, _) = circuit.grand_prix();
    let qualifying = if race.format == EventFormat::Sprint {
        "SPRINT_RACE"
    } else {
        "KNOCKOUT"
    };
    let second = matches!(
        race.format,
        EventFormat::SprintShootout | EventFormat::SprintQualifying
    );
    let mut row = Vec::from(cells![
        race.id,
        race.year,
        race.round,
        race.start.format("%Y-%m-%d").to_string(),
        race.start.format("%H:%M").to_string(),
        slug(grand_prix),
        format!("{grand_prix} Grand Prix {}", race.year),
        qualifying,
        second.then_some("SPRINT_SHOOTOUT"),
        slug(circuit.name),
        format!("{}-1", slug(circuit.name)),
        circuit.kind,
        circuit.direction,
        Cell::decimal(f64::from(circuit.metres) / 1000.0, 3),
        circuit.turns,
    ]);
    row.extend(distance(circuit, Contest::GrandPrix));
    row.extend(cells![
        Cell::Null,
        Cell::Null,
        drivers_decider,
        teams_decider
    ]);
    row.extend(
        SESSION_COLUMNS
            .iter()
            .flat_map(|session| session_start(race, *session)),
    );
    row.extend(match race.format {
        EventFormat::Conventional => [Cell::Null, Cell::Null],
        _ => distance(circuit, Contest::Sprint),
    });
    row.extend([Cell::Null, Cell::Null, Cell::Null, Cell::Null]);
    writer.row("races", &row);
}

/// Sessions in the order of their columns; those of earlier eras stay empty.
const SESSION_COLUMNS: [SessionKind; 10] = [
    SessionKind::PreQualifying,
    SessionKind::Practice1,
    SessionKind::Practice2,
    SessionKind::Practice3,
    SessionKind::Practice4,
    SessionKind::Qualifying1,
    SessionKind::Qualifying2,
    SessionKind::Qualifying,
    SessionKind::SprintQualifying,
    SessionKind::Sprint,
];

/// Date and time of a session.
fn session_start(race: &Race, session: SessionKind) -> [Cell; 2] {
    let start = race.session_start(session);
    ["%Y-%m-%d", "%H:%M"].map(|format| start.map(|start| start.format(format).to_string()).into())
}

/// Laps and kilometres of a contest.
fn distance(circuit: &Circuit, contest: Contest) -> [Cell; 2] {
    let laps = circuit.laps(race_distance(contest));
    [
        laps.into(),
        Cell::decimal(f64::from(laps * circuit.metres) / 1000.0, 3),
    ]
}

fn driver_row(driver: &Driver) -> Vec<Cell> {
    let name = format!("{} {}", driver.first_name, driver.last_name);
    let mut row = Vec::from(cells![
        driver.id.as_str(),
        name.as_str(),
        driver.first_name,
        driver.last_name,
        name.as_str(),
        driver.abbreviation.as_str(),
        driver.number.to_string(),
        driver.gender,
        driver.born.format("%Y-%m-%d").to_string(),
        Cell::Null,
        driver.birthplace,
        driver.country,
        driver.country,
        Cell::Null,
    ]);
    row.extend(no_record(4, 14));
    row
}

fn circuit_row(circuit: &Circuit) -> [Cell; 13] {
    cells![
        slug(circuit.name),
        circuit.name,
        format!("{} Circuit", circuit.name),
        Cell::Null,
        circuit.kind,
        circuit.direction,
        circuit.place,
        circuit.country,
        Cell::decimal(circuit.latitude, 6),
        Cell::decimal(circuit.longitude, 6),
        Cell::decimal(f64::from(circuit.metres) / 1000.0, 3),
        circuit.turns,
        0,
    ]
}

fn grand_prix_row(circuit: &Circuit) -> [Cell; 7] {
    let (name, country) = circuit.grand_prix();
    let id = slug(name);
    let abbreviation: String = id
        .chars()
        .filter(char::is_ascii_alphabetic)
        .take(3)
        .collect();
    cells![
        id,
        name,
        format!("{name} Grand Prix"),
        format!("{name} GP"),
        abbreviation.to_uppercase(),
        country,
        0,
    ]
}

/// Writes constructors, entrants and lineages. A renamed team is two constructors of one lineage.
fn write_teams(writer: &mut Writer, seasons: &[Season]) {
    let field = writer.field;
    let (Some(first), Some(last)) = (seasons.first(), seasons.last()) else {
        return;
    };
    let mut constructors: BTreeSet<(String, &str, &str)> = BTreeSet::new();
    for team in &field.teams {
        for name in [team.name_in(first.year), team.name_in(last.year)] {
            constructors.insert((slug(name), name, team.country));
        }
    }
    for (id, name, country) in &constructors {
        let mut row = Vec::from(cells![id.as_str(), *name, full_name(name), *country]);
        row.extend(no_record(4, 14));
        writer.row("constructors", &row);
        writer.row("entrants", &cells![entrant(name), full_name(name)]);
    }
    for team in &field.teams {
        if let Some((former, since)) = team.renamed {
            for parent in [team.name, former] {
                writer.row(
                    "constructors-chronology",
                    &cells![slug(parent), 1, slug(former), first.year, since - 1],
                );
                writer.row(
                    "constructors-chronology",
                    &cells![slug(parent), 2, slug(team.name), since, Cell::Null],
                );
            }
        }
    }
}

/// Writes the entries of a season, with the rounds that have begun; the last one is the test driver's.
fn write_entries(writer: &mut Writer, season: &Season) {
    let field = writer.field;
    let begun = season.begun();
    let reserve = Seat {
        team: 0,
        driver: field.reserve,
        first_round: 1,
        last_round: 0,
    };
    for seat in season.entered().chain([&reserve]) {
        let team = &field.teams[seat.team];
        let name = team.name_in(season.year);
        let rounds: Vec<i16> = (seat.first_round..=seat.last_round.min(begun)).collect();
        let mut row = Vec::from(cells![
            season.year,
            entrant(name),
            slug(name),
            slug(team.engine),
            field.drivers[seat.driver].id.as_str()
        ]);
        row.extend(rounds_cells(&rounds));
        row.push((seat.driver == field.reserve).into());
        writer.row("seasons-entrants-drivers", &row);
    }
}

/// Consecutive rounds as a list (`3;4;5`) and as text (`3-5`; null for none).
pub(crate) fn rounds_cells(rounds: &[i16]) -> [Cell; 2] {
    let list: Vec<String> = rounds.iter().map(i16::to_string).collect();
    let text = match rounds {
        [] => None,
        [only] => Some(only.to_string()),
        [first, .., last] => Some(format!("{first}-{last}")),
    };
    [list.join(";").into(), text.into()]
}

fn full_name(team: &str) -> String {
    format!("{team} Racing")
}

fn entrant(team: &str) -> String {
    slug(&full_name(team))
}

/// Empty career bests and career totals of 0.
fn no_record(bests: usize, totals: usize) -> Vec<Cell> {
    let bests = (0..bests).map(|_| Cell::Null);
    bests.chain((0..totals).map(|_| Cell::from(0))).collect()
}
