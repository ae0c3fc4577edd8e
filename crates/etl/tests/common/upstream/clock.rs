//! When a session begins and ends, and when what is published.

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use schema::SessionKind;

use super::sheet::Row;

/// A session, the beginning of its columns in `races`, and what it fills besides its grid.
pub(super) const SESSIONS: [(SessionKind, &str, &[&str]); 7] = [
    (
        SessionKind::Practice1,
        "freePractice1",
        &["races-free-practice-1-results"],
    ),
    (
        SessionKind::Practice2,
        "freePractice2",
        &["races-free-practice-2-results"],
    ),
    (
        SessionKind::Practice3,
        "freePractice3",
        &["races-free-practice-3-results"],
    ),
    (
        SessionKind::Qualifying,
        "qualifying",
        &["races-qualifying-results"],
    ),
    (
        SessionKind::SprintQualifying,
        "sprintQualifying",
        &["races-sprint-qualifying-results"],
    ),
    (
        SessionKind::Sprint,
        "sprintRace",
        &["races-sprint-race-results"],
    ),
    (
        SessionKind::Race,
        "",
        &[
            "races-race-results",
            "races-fastest-laps",
            "races-pit-stops",
            "races-driver-standings",
            "races-constructor-standings",
        ],
    ),
];

/// A session of the calendar.
#[derive(Clone, Copy)]
pub(super) struct Session {
    /// Which.
    pub(super) kind: SessionKind,
    /// Scheduled start.
    pub(super) start: DateTime<Utc>,
}

impl Session {
    /// When it is over: two hours for a race, one for everything else.
    pub(super) fn end(&self) -> DateTime<Utc> {
        let minutes = if self.kind == SessionKind::Race {
            120
        } else {
            60
        };
        self.start + TimeDelta::minutes(minutes)
    }

    /// Whether `OpenF1` is closed because of it: from half an hour before to half an hour after.
    pub(super) fn locks(&self, at: DateTime<Utc>) -> bool {
        let margin = TimeDelta::minutes(30);
        self.start - margin <= at && at < self.end() + margin
    }
}

/// The sessions of a row of `races`, in their order.
pub(super) fn sessions(race: &Row) -> Vec<Session> {
    let mut sessions = Vec::new();
    for (kind, _, _) in SESSIONS {
        let (date, time) = columns(kind);
        if let Some(day) = race.maybe(&date) {
            let text = format!("{day} {}", race.text(&time));
            let start = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M").unwrap();
            let start = start.and_utc();
            sessions.push(Session { kind, start });
        }
    }
    sessions.sort_by_key(|session| session.start);
    sessions
}

/// Moves every session of a row of `races`.
pub(super) fn shift(race: &mut Row, by: TimeDelta) {
    for session in sessions(race) {
        let (date, time) = columns(session.kind);
        let start = session.start + by;
        race.write(&date, &start.format("%Y-%m-%d").to_string());
        race.write(&time, &start.format("%H:%M").to_string());
    }
}

/// When the release after a race that starts at `start` comes out.
pub(super) fn released(start: DateTime<Utc>) -> DateTime<Utc> {
    start + TimeDelta::hours(4)
}

/// When the release before a season comes out.
pub(super) fn released_before(year: i16) -> DateTime<Utc> {
    let day = Utc.with_ymd_and_hms(i32::from(year), 2, 1, 0, 0, 0);
    day.unwrap()
}

/// Date and time column of a session.
fn columns(kind: SessionKind) -> (String, String) {
    if kind == SessionKind::Race {
        return ("date".to_owned(), "time".to_owned());
    }
    let known = SESSIONS.iter().find(|(held, ..)| *held == kind);
    let (_, name, _) = known.unwrap();
    (format!("{name}Date"), format!("{name}Time"))
}
