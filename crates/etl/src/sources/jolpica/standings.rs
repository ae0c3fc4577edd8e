//! Championship tables after a round.

use reqwest::Url;
use schema::Points;

use super::{
    Constructor, Driver, Error,
    node::{ContentError, Node},
    pages::{self, List},
};
use crate::sources::lease::UpstreamLease;

const STANDINGS: (&str, &str) = ("StandingsTable", "StandingsLists");

/// A line of a championship table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<T> {
    /// Place; `None` without a classified result or when excluded.
    pub position: Option<i16>,
    /// As published: a number, `-`, or a letter.
    pub position_text: String,
    /// Points so far.
    pub points: Points,
    /// Grand Prix wins so far.
    pub wins: i16,
    /// The driver or constructor.
    pub subject: T,
}

/// A driver in the table, with the constructors of the season.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverOfSeason {
    /// The driver.
    pub driver: Driver,
    /// The constructors driven for so far, the newest last.
    pub constructors: Vec<Constructor>,
}

/// The drivers' table after a round. Empty if upstream does not have it (yet).
pub async fn driver_standings(
    lease: &mut UpstreamLease,
    base: &Url,
    year: i16,
    round: i16,
) -> Result<Vec<Standing<DriverOfSeason>>, Error> {
    let list = List {
        endpoint: "driverstandings",
        races: STANDINGS,
        read: |table| lines(table, "DriverStandings", DriverOfSeason::read),
        key: |line: &Standing<DriverOfSeason>| line.subject.driver.id.clone(),
    };
    rows(lease, base, year, round, &list).await
}

/// The constructors' table after a round. Empty if upstream does not have it (yet).
pub async fn constructor_standings(
    lease: &mut UpstreamLease,
    base: &Url,
    year: i16,
    round: i16,
) -> Result<Vec<Standing<Constructor>>, Error> {
    let list = List {
        endpoint: "constructorstandings",
        races: STANDINGS,
        read: |table| {
            let read = |line: &Node<'_>| Constructor::read(&line.node("Constructor")?);
            lines(table, "ConstructorStandings", read)
        },
        key: |line: &Standing<Constructor>| line.subject.id.clone(),
    };
    rows(lease, base, year, round, &list).await
}

async fn rows<T>(
    lease: &mut UpstreamLease,
    base: &Url,
    year: i16,
    round: i16,
    list: &List<Standing<T>>,
) -> Result<Vec<Standing<T>>, Error> {
    let rounds = pages::read(lease, base, (year, Some(round)), list).await?;
    Ok(rounds.into_iter().flat_map(|round| round.rows).collect())
}

fn lines<T>(
    table: &Node<'_>,
    field: &str,
    read: impl Fn(&Node<'_>) -> Result<T, ContentError>,
) -> Result<Vec<Standing<T>>, ContentError> {
    let lines = table.nodes(field)?;
    let line = |line: &Node<'_>| {
        Ok(Standing {
            position: line.maybe_number("position", 1..=999)?,
            position_text: line.word("positionText")?.to_owned(),
            points: line.read("points", "points", |text| text.parse().ok())?,
            wins: line.number("wins", 0..=99)?,
            subject: read(line)?,
        })
    };
    lines.iter().map(line).collect()
}

impl DriverOfSeason {
    fn read(node: &Node<'_>) -> Result<Self, ContentError> {
        let constructors = node.nodes("Constructors")?;
        Ok(Self {
            driver: Driver::read(&node.node("Driver")?)?,
            constructors: constructors
                .iter()
                .map(Constructor::read)
                .collect::<Result<_, _>>()?,
        })
    }
}
