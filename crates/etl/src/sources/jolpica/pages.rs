//! Reads all pages of a list. A page has a hundred rows and may begin and end in the middle of a race.

use std::collections::{BTreeMap, HashSet};

use reqwest::{StatusCode, Url};
use serde_json::Value;

use super::{
    Error, Round,
    node::{ContentError, Node},
    times,
};
use crate::sources::{
    http,
    lease::{Answer, UpstreamLease},
};

/// Upstream's largest page.
const ROWS_A_PAGE: usize = 100;
/// Upstream's default page; a smaller one is an error.
const FEWEST_ROWS_A_PAGE: usize = 30;
/// The most rows of a list; a race has less than 2,500 laps, a season less than 600 results.
const MOST_ROWS: usize = 5000;

/// A list whose rows belong to races.
pub(super) struct List<T> {
    /// The last segment of its path, such as `results`.
    pub(super) endpoint: &'static str,
    /// The fields with the races: table and list.
    pub(super) races: (&'static str, &'static str),
    /// Reads the rows of a race.
    pub(super) read: fn(&Node<'_>) -> Result<Vec<T>, ContentError>,
    /// What distinguishes the rows of a race.
    pub(super) key: fn(&T) -> String,
}

/// The fields in which most lists have their races.
pub(super) const RACES: (&str, &str) = ("RaceTable", "Races");

/// Reads a whole list below `base`, of a season or of one round. Rounds without rows are left out.
pub(super) async fn read<T>(
    lease: &mut UpstreamLease,
    base: &Url,
    (year, round): (i16, Option<i16>),
    list: &List<T>,
) -> Result<Vec<Round<T>>, Error> {
    let mut merged = Merged {
        rounds: BTreeMap::new(),
        keys: HashSet::new(),
        rows: 0,
        total: None,
    };
    loop {
        let url = page_url(base, year, round, list.endpoint, merged.rows)?;
        let answer = parsed(lease, &url).await?;
        let is_last = merged.add(url.as_str(), &answer, (year, round), list)?;
        if is_last {
            return Ok(merged.rounds.into_values().collect());
        }
    }
}

/// The rows of the pages read so far.
struct Merged<T> {
    rounds: BTreeMap<i16, Round<T>>,
    keys: HashSet<(i16, String)>,
    rows: usize,
    total: Option<usize>,
}

impl<T> Merged<T> {
    /// Adds a page; `true` if it is the last. A page whose counts are inconsistent is an error, so reading ends.
    fn add(
        &mut self,
        url: &str,
        answer: &Value,
        (year, round): (i16, Option<i16>),
        list: &List<T>,
    ) -> Result<bool, ContentError> {
        let data = Node::root(url, answer)?.node("MRData")?;
        let total = count(&data, "total", 0, MOST_ROWS)?;
        let limit = count(&data, "limit", FEWEST_ROWS_A_PAGE, ROWS_A_PAGE)?;
        let offset = count(&data, "offset", 0, MOST_ROWS)?;
        if offset != self.rows {
            let problem = format!("is {offset} where {} was asked for", self.rows);
            return Err(data.error("offset", problem));
        }
        if let Some(before) = self.total.replace(total).filter(|before| *before != total) {
            let problem =
                format!("was {before} and is {total}: the list changed while it was read");
            return Err(data.error("total", problem));
        }
        let expected = limit.min(total.saturating_sub(offset));
        let (table, races) = list.races;
        for race in data.node(table)?.nodes(races)? {
            self.add_race(race, year, round, list)?;
        }
        let found = self.rows - offset;
        if found != expected {
            let problem =
                format!("a page at {offset} of {total} holds {found} rows, not {expected}");
            return Err(data.error(table, problem));
        }
        Ok(self.rows >= total)
    }

    fn add_race(
        &mut self,
        race: Node<'_>,
        year: i16,
        round: Option<i16>,
        list: &List<T>,
    ) -> Result<(), ContentError> {
        let found = (
            race.number("season", 1950..=2100)?,
            race.number("round", 1..=99)?,
        );
        if found.0 != year || round.is_some_and(|round| round != found.1) {
            let problem = format!("is {} round {}, not what was asked for", found.0, found.1);
            return Err(race.error("season", problem));
        }
        let (_, round) = found;
        let race = race.of_race(year, round);
        let race_name = race.text("raceName")?.map(str::to_owned);
        let mut rows = (list.read)(&race)?;
        if rows.is_empty() {
            return Ok(());
        }
        self.rows += rows.len();
        for row in &rows {
            let key = (list.key)(row);
            if let Some((_, key)) = self.keys.replace((round, key)) {
                return Err(race.error(list.endpoint, format!("{key} is listed twice")));
            }
        }
        let merged = self.rounds.entry(round).or_insert_with(|| Round {
            year,
            round,
            race_name: race_name.clone(),
            rows: Vec::new(),
        });
        if merged.race_name != race_name {
            return Err(race.error("raceName", "is not what the page before said"));
        }
        merged.rows.append(&mut rows);
        Ok(())
    }
}

/// A number of rows.
fn count(data: &Node<'_>, field: &str, least: usize, most: usize) -> Result<usize, ContentError> {
    let kind = format!("a number from {least} to {most}");
    data.read(field, &kind, |text| {
        let number = usize::try_from(times::digits(text)?).ok()?;
        (least..=most).contains(&number).then_some(number)
    })
}

fn page_url(
    base: &Url,
    year: i16,
    round: Option<i16>,
    endpoint: &str,
    offset: usize,
) -> Result<Url, Error> {
    let round = round.map_or_else(String::new, |round| format!("{round}/"));
    let base = base.as_str().trim_end_matches('/');
    let url = format!("{base}/{year}/{round}{endpoint}/?limit={ROWS_A_PAGE}&offset={offset}");
    Url::parse(&url).map_err(|error| {
        let problem = error.to_string();
        let malformed = http::Error::Malformed { url, problem };
        Error::Upstream(malformed.into())
    })
}

async fn parsed(lease: &mut UpstreamLease, url: &Url) -> Result<Value, Error> {
    let refused = |status| {
        let url = url.to_string();
        Error::Upstream(http::Error::Refused { url, status }.into())
    };
    let body = match lease.get(url).await? {
        Answer::Body(body) => body,
        Answer::NotFound => return Err(refused(StatusCode::NOT_FOUND)),
        Answer::Locked => return Err(refused(StatusCode::UNAUTHORIZED)),
    };
    serde_json::from_slice(&body).map_err(|error| {
        Error::Content(ContentError {
            url: url.to_string(),
            race: None,
            field: "the answer".to_owned(),
            problem: error.to_string(),
        })
    })
}
