//! Qualifying for the Grand Prix; upstream does not have sprint qualifying.

use reqwest::Url;

use super::{
    Constructor, Driver, Error, Round,
    node::{ContentError, Node},
    pages::{self, List, RACES},
    results::is_car_number,
};
use crate::sources::lease::UpstreamLease;

/// A car in a qualifying classification, before penalties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarQualifying {
    /// Place as published; two cars can share one, and a disqualified car can keep its own.
    pub position: i16,
    /// As painted on the car.
    pub car_number: String,
    /// The driver.
    pub driver: Driver,
    /// The constructor.
    pub constructor: Constructor,
    /// Best lap of Q1, ms.
    pub q1_ms: Option<i32>,
    /// Best lap of Q2, ms.
    pub q2_ms: Option<i32>,
    /// Best lap of Q3, ms.
    pub q3_ms: Option<i32>,
}

/// Qualifying of a season or of one round, each in the order of places; rounds without it are left out.
pub async fn qualifying(
    lease: &mut UpstreamLease,
    base: &Url,
    year: i16,
    round: Option<i16>,
) -> Result<Vec<Round<CarQualifying>>, Error> {
    let list = List {
        endpoint: "qualifying",
        races: RACES,
        read: |race| {
            let cars = race.nodes("QualifyingResults")?;
            cars.iter().map(CarQualifying::read).collect()
        },
        key: |car: &CarQualifying| car.driver.id.clone(),
    };
    let mut rounds = pages::read(lease, base, (year, round), &list).await?;
    for round in &mut rounds {
        // Upstream sorts by place within a page only.
        round.rows.sort_by_key(|car| car.position);
    }
    Ok(rounds)
}

impl CarQualifying {
    fn read(node: &Node<'_>) -> Result<Self, ContentError> {
        let number = |text: &str| is_car_number(text).then(|| text.to_owned());
        Ok(Self {
            position: node.number("position", 1..=99)?,
            car_number: node.read("number", "a car number", number)?,
            driver: Driver::read(&node.node("Driver")?)?,
            constructor: Constructor::read(&node.node("Constructor")?)?,
            q1_ms: node.lap_time("Q1")?,
            q2_ms: node.lap_time("Q2")?,
            q3_ms: node.lap_time("Q3")?,
        })
    }
}
