//! The calendar: seasons of rounds, placed in time around a given instant.

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc,
    Weekday,
};
use vocabulary::{EventFormat, RaceStatus, SessionKind};

use super::{
    circuits::{CIRCUITS, Circuit},
    rules,
};

/// A round of the calendar.
pub(crate) struct Race {
    pub(crate) id: u32,
    pub(crate) year: i16,
    pub(crate) round: i16,
    pub(crate) circuit: &'static Circuit,
    pub(crate) format: EventFormat,
    /// Scheduled start, UTC.
    pub(crate) start: NaiveDateTime,
    /// `Scheduled` before the weekend, `QualifyingDone` when only the race is to come, `Completed` after it.
    pub(crate) status: RaceStatus,
}

impl Race {
    /// Scheduled start of a session before the race, UTC; none if this weekend has no such session.
    pub(crate) fn session_start(&self, session: SessionKind) -> Option<NaiveDateTime> {
        let mut sessions = rules::timetable(self.format).iter();
        sessions
            .find(|(kind, _)| *kind == session)
            .map(|(_, minutes)| self.start - TimeDelta::minutes(*minutes))
    }
}

/// Places `seasons` seasons so that `now` lies between qualifying and race of a round of the newest.
pub(crate) fn seasons(
    now: DateTime<Utc>,
    seasons: u16,
    rounds: u16,
    sprints: u16,
) -> Vec<Vec<Race>> {
    let next = next_start(now);
    let mut ids = 1..;
    let mut calendar = Vec::new();
    for years_ago in (0..i32::from(seasons)).rev() {
        let year = next.year() - years_ago;
        let tour = match years_ago {
            0 => running_season(next, usize::from(rounds)),
            _ => past_season(year, usize::from(rounds)),
        };
        let year = i16::try_from(year).expect("a year of the common era has four digits");
        let statuses = (0..).map(|index| status(index, tour.completed));
        let stops = (1..).zip(tour.stops).zip(statuses).zip(&mut ids);
        let races = stops.map(|(((round, (circuit, start)), status), id)| Race {
            id,
            year,
            round,
            circuit,
            format: EventFormat::of(year, has_sprint(round, rounds, sprints)),
            start,
            status,
        });
        calendar.push(races.collect());
    }
    calendar
}

/// Where and when the rounds of a season are, in order.
struct Tour {
    stops: Vec<(&'static Circuit, NaiveDateTime)>,
    /// The number of rounds that are completed.
    completed: usize,
}

impl Tour {
    /// Visits circuits on the given days, at their usual time of day.
    fn new(
        circuits: Vec<&'static Circuit>,
        days: impl Iterator<Item = NaiveDate>,
        completed: usize,
    ) -> Self {
        let start =
            |circuit: &Circuit, day: NaiveDate| day.and_time(whole_hour(circuit.race_hour()));
        let stops = circuits.into_iter().zip(days);
        Self {
            stops: stops
                .map(|(circuit, day)| (circuit, start(circuit, day)))
                .collect(),
            completed,
        }
    }
}

/// The start of the next race: a day after its qualifying, which ended at least an hour ago.
fn next_start(now: DateTime<Utc>) -> NaiveDateTime {
    let start = now.naive_utc() + TimeDelta::hours(22);
    start.date().and_time(whole_hour(start.hour()))
}

/// A season of Sundays from March to November at the latest.
fn past_season(year: i32, rounds: usize) -> Tour {
    let opening =
        NaiveDate::from_weekday_of_month_opt(year, 3, Weekday::Sun, 1).unwrap_or_default();
    let days = spread(rounds, 38)
        .into_iter()
        .map(|weeks| opening + weeks_of(weeks));
    Tour::new(CIRCUITS.iter().take(rounds).collect(), days, rounds)
}

/// The season whose next race starts at `next`. About three fifths of it are completed; where the year leaves too few
/// weeks before or after the race, fewer or more are.
/// Early in January the season has begun in December.
fn running_season(next: NaiveDateTime, rounds: usize) -> Tour {
    let today = next.date();
    let weeks_before = weeks_between(december(next.year() - 1, 8), today);
    let weeks_after = weeks_between(today, december(next.year(), 31));
    let least = (rounds - 1).saturating_sub(weeks_after).max(3);
    let completed = (rounds * 3 / 5)
        .max(least)
        .min(weeks_before)
        .min(rounds - 1);

    let mut circuits: Vec<_> = CIRCUITS.iter().take(rounds).collect();
    let fitting = (0..rounds).min_by_key(|&index| circuits[index].minutes_off(next.hour()));
    circuits.swap(completed, fitting.unwrap_or(completed));

    let before = spread(completed + 1, weeks_before)
        .into_iter()
        .skip(1)
        .rev();
    let after = spread(rounds - completed, weeks_after).into_iter();
    let days = before
        .map(|weeks| today - weeks_of(weeks))
        .chain(after.map(|weeks| today + weeks_of(weeks)));
    let mut tour = Tour::new(circuits, days, completed);
    tour.stops[completed].1 = next;
    tour
}

/// Weeks from the first to each of `count` events, a week or two apart, at most `weeks` in all if that is possible.
fn spread(count: usize, weeks: usize) -> Vec<usize> {
    let gaps = (count - 1).max(1);
    let weeks = weeks.min(gaps * 17 / 10).max(gaps);
    (0..count).map(|index| index * weeks / gaps).collect()
}

/// Whether a round is one of the sprint weekends, which are spread evenly over the season.
fn has_sprint(round: i16, rounds: u16, sprints: u16) -> bool {
    let sprints_to = |round: i16| i32::from(round) * i32::from(sprints) / i32::from(rounds);
    sprints_to(round) > sprints_to(round - 1)
}

/// The status of the round at `index`, from 0, of a season with so many completed rounds.
fn status(index: usize, completed: usize) -> RaceStatus {
    match index {
        _ if index < completed => RaceStatus::Completed,
        _ if index == completed => RaceStatus::QualifyingDone,
        _ => RaceStatus::Scheduled,
    }
}

fn whole_hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
}

fn weeks_between(earlier: NaiveDate, later: NaiveDate) -> usize {
    usize::try_from((later - earlier).num_weeks()).unwrap_or_default()
}

fn weeks_of(weeks: usize) -> Days {
    Days::new(7 * weeks as u64)
}

fn december(year: i32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, day).unwrap_or_default()
}
