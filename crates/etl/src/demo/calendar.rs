//! Where and when: the circuits, and seasons of races placed around a given instant.

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc,
    Weekday,
};

use super::circuits::{CIRCUITS, Circuit};

/// How a weekend is organised, by the rules of its year.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Conventional,
    /// To 2022: Friday's qualifying sets the sprint grid, the sprint sets the race grid.
    SprintRace,
    /// 2023: a second qualifying on Saturday morning sets the sprint grid.
    SprintShootout,
    /// From 2024: the sprint's qualifying on Friday, the sprint before qualifying on Saturday.
    SprintQualifying,
}

/// What happens before a race.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Session {
    Practice1,
    Practice2,
    Practice3,
    Qualifying,
    SprintQualifying,
    Sprint,
}

impl Format {
    fn of_sprint(year: i32) -> Self {
        match year {
            ..=2022 => Self::SprintRace,
            2023 => Self::SprintShootout,
            2024.. => Self::SprintQualifying,
        }
    }

    /// The sessions before the race, each with its start in minutes before the start of the race.
    pub(super) fn sessions(self) -> &'static [(Session, i64)] {
        use Session::{Practice1, Practice2, Practice3, Qualifying, Sprint, SprintQualifying};
        match self {
            Self::Conventional => &[
                (Practice1, 3030),
                (Practice2, 2820),
                (Practice3, 1650),
                (Qualifying, 1440),
            ],
            Self::SprintRace => &[
                (Practice1, 2970),
                (Qualifying, 2760),
                (Practice2, 1650),
                (Sprint, 1440),
            ],
            Self::SprintShootout => &[
                (Practice1, 2970),
                (Qualifying, 2760),
                (SprintQualifying, 1680),
                (Sprint, 1440),
            ],
            Self::SprintQualifying => &[
                (Practice1, 3030),
                (SprintQualifying, 2790),
                (Sprint, 1680),
                (Qualifying, 1440),
            ],
        }
    }

    /// Practice sessions of the weekend.
    pub(super) fn practices(self) -> usize {
        match self {
            Self::Conventional => 3,
            Self::SprintRace => 2,
            Self::SprintShootout | Self::SprintQualifying => 1,
        }
    }
}

/// How far a weekend has got.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// The race is run.
    Run,
    /// Everything before the race has happened.
    GridKnown,
    /// Nothing has happened yet.
    Ahead,
}

/// A race of the calendar.
pub(super) struct Race {
    pub(super) id: u32,
    pub(super) year: i32,
    pub(super) round: u16,
    pub(super) circuit: &'static Circuit,
    pub(super) format: Format,
    /// Scheduled start, UTC.
    pub(super) start: NaiveDateTime,
    pub(super) progress: Progress,
}

impl Race {
    /// Scheduled start of a session of this weekend, UTC.
    pub(super) fn session_start(&self, session: Session) -> Option<NaiveDateTime> {
        let mut sessions = self.format.sessions().iter();
        sessions
            .find(|(held, _)| *held == session)
            .map(|(_, minutes)| self.start - TimeDelta::minutes(*minutes))
    }
}

/// Places `seasons` seasons so that `now` lies between qualifying and race of a round of the newest.
pub(super) fn seasons(
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
        let stops = (1..).zip(tour.stops).zip(&mut ids);
        let races = stops.map(|((round, (circuit, start)), id)| Race {
            id,
            year,
            round,
            circuit,
            format: format(year, round, rounds, sprints),
            start,
            progress: progress(usize::from(round), tour.run),
        });
        calendar.push(races.collect());
    }
    calendar
}

/// Where a season goes and when, in order of round.
struct Tour {
    stops: Vec<(&'static Circuit, NaiveDateTime)>,
    /// Rounds that are run.
    run: usize,
}

impl Tour {
    /// Visits circuits on the given days, at their usual time of day.
    fn new(
        circuits: Vec<&'static Circuit>,
        days: impl Iterator<Item = NaiveDate>,
        run: usize,
    ) -> Self {
        let start =
            |circuit: &Circuit, day: NaiveDate| day.and_time(whole_hour(circuit.race_hour()));
        let stops = circuits.into_iter().zip(days);
        Self {
            stops: stops
                .map(|(circuit, day)| (circuit, start(circuit, day)))
                .collect(),
            run,
        }
    }
}

/// The start of the race that comes next: a day after its qualifying, which ended at least an hour ago.
fn next_start(now: DateTime<Utc>) -> NaiveDateTime {
    let start = now.naive_utc() + TimeDelta::hours(22);
    start.date().and_time(whole_hour(start.hour()))
}

/// On Sundays, from March to November at the latest.
fn past_season(year: i32, rounds: usize) -> Tour {
    let opening =
        NaiveDate::from_weekday_of_month_opt(year, 3, Weekday::Sun, 1).unwrap_or_default();
    let days = spread(rounds, 38)
        .into_iter()
        .map(|weeks| opening + weeks_of(weeks));
    Tour::new(CIRCUITS.iter().take(rounds).collect(), days, rounds)
}

/// The season whose next race starts at `next`: about three fifths of it are run.
/// Where the year leaves too few weeks before or after the race, fewer or more are.
/// Early in January the season has begun in December.
fn running_season(next: NaiveDateTime, rounds: usize) -> Tour {
    let today = next.date();
    let weeks_before = weeks_between(december(next.year() - 1, 8), today);
    let weeks_after = weeks_between(today, december(next.year(), 31));
    let least = (rounds - 1).saturating_sub(weeks_after).max(3);
    let run = (rounds * 3 / 5)
        .max(least)
        .min(weeks_before)
        .min(rounds - 1);

    let mut circuits: Vec<_> = CIRCUITS.iter().take(rounds).collect();
    let fitting = (0..rounds).min_by_key(|&index| circuits[index].minutes_off(next.hour()));
    circuits.swap(run, fitting.unwrap_or(run));

    let before = spread(run + 1, weeks_before).into_iter().skip(1).rev();
    let after = spread(rounds - run, weeks_after).into_iter();
    let days = before
        .map(|weeks| today - weeks_of(weeks))
        .chain(after.map(|weeks| today + weeks_of(weeks)));
    let mut tour = Tour::new(circuits, days, run);
    tour.stops[run].1 = next;
    tour
}

/// Weeks from the first to each of `count` events, a week or two apart, at most `weeks` in all if that is possible.
fn spread(count: usize, weeks: usize) -> Vec<usize> {
    let gaps = (count - 1).max(1);
    let weeks = weeks.min(gaps * 17 / 10).max(gaps);
    (0..count).map(|index| index * weeks / gaps).collect()
}

fn format(year: i32, round: u16, rounds: u16, sprints: u16) -> Format {
    let held_by = |round: u16| u32::from(round) * u32::from(sprints) / u32::from(rounds);
    if held_by(round) > held_by(round - 1) {
        Format::of_sprint(year)
    } else {
        Format::Conventional
    }
}

fn progress(round: usize, run: usize) -> Progress {
    match round {
        _ if round <= run => Progress::Run,
        _ if round == run + 1 => Progress::GridKnown,
        _ => Progress::Ahead,
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
