//! When sessions begin and end, and when releases come out.

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use vocabulary::SessionKind;

use super::table::Row;

/// Each session, the prefix of its columns in `races`, and the files that it fills besides its grid.
pub(crate) const SESSIONS: [(SessionKind, &str, &[&str]); 7] = [
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

/// A session of a weekend.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    pub(crate) kind: SessionKind,
    /// Scheduled start.
    pub(crate) start: DateTime<Utc>,
}

impl Session {
    /// The end: two hours after the start of a race, one hour after that of any other session.
    pub(crate) fn end(&self) -> DateTime<Utc> {
        let minutes = if self.kind == SessionKind::Race {
            120
        } else {
            60
        };
        self.start + TimeDelta::minutes(minutes)
    }

    /// Whether `OpenF1` is closed at an instant: from half an hour before the session to half an hour after it.
    pub(crate) fn closes_openf1(&self, at: DateTime<Utc>) -> bool {
        let margin = TimeDelta::minutes(30);
        self.start - margin <= at && at < self.end() + margin
    }
}

/// The sessions of a row of `races`, in the order of time.
pub(crate) fn sessions(race: &Row) -> Vec<Session> {
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
pub(crate) fn shift(race: &mut Row, by: TimeDelta) {
    for session in sessions(race) {
        let (date, time) = columns(session.kind);
        let start = session.start + by;
        race.put_text(&date, &start.format("%Y-%m-%d").to_string());
        race.put_text(&time, &start.format("%H:%M").to_string());
    }
}

/// When the release after a race comes out, by the start of the race.
pub(crate) fn released_after(start: DateTime<Utc>) -> DateTime<Utc> {
    start + TimeDelta::hours(4)
}

/// When the release before a season comes out.
pub(crate) fn released_before(year: i16) -> DateTime<Utc> {
    let day = Utc.with_ymd_and_hms(i32::from(year), 2, 1, 0, 0, 0);
    day.unwrap()
}

/// The columns of a session's date and time.
fn columns(kind: SessionKind) -> (String, String) {
    if kind == SessionKind::Race {
        return ("date".to_owned(), "time".to_owned());
    }
    let (_, prefix, _) = SESSIONS.iter().find(|row| row.0 == kind).unwrap();
    (format!("{prefix}Date"), format!("{prefix}Time"))
}
