//! The next weekend, the age of the data, and how early forecasts were made.

use chrono::{DateTime, Utc};
use client::{
    status::{Freshness, ListState, SessionState, Timeliness, Weekend},
    vocabulary::{Contest, DataKind, Moment, Upstream},
};

use super::race_link;
use crate::{parts::Link, words};

/// The current or the next weekend.
pub(super) struct Due {
    pub(super) race: Link,
    pub(super) sessions: Vec<DueSession>,
}

/// A session and its lists.
pub(super) struct DueSession {
    pub(super) name: &'static str,
    pub(super) when: String,
    pub(super) lists: Vec<DueList>,
}

/// A list: stored, awaited, or to come.
pub(super) struct DueList {
    pub(super) text: String,
    pub(super) awaited: bool,
}

pub(super) fn due(weekend: &Weekend, now: DateTime<Utc>, year: i16) -> Due {
    let session = |session: &SessionState| DueSession {
        name: words::session_name(session.session),
        when: words::when(session.date, session.starts_at, "", year),
        lists: session
            .lists
            .iter()
            .map(|list| due_list(list, session.ends_at, now))
            .collect(),
    };
    Due {
        race: race_link(&weekend.race),
        sessions: weekend.sessions.iter().map(session).collect(),
    }
}

fn due_list(list: &ListState, ends_at: DateTime<Utc>, now: DateTime<Utc>) -> DueList {
    let name = words::capitalised(words::list_name(list.list));
    let state = match (list.source, list.delay_s) {
        (Some(source), Some(delay)) if delay >= 0 => format!(
            "from {}, {} after the end",
            source.name(),
            words::duration(delay)
        ),
        (Some(source), _) => format!("from {}", source.name()),
        (None, _) if list.awaited => format!(
            "awaited, {} after the end",
            words::duration((now - ends_at).num_seconds())
        ),
        (None, _) => "to come".to_owned(),
    };
    DueList {
        text: format!("{name}: {state}"),
        awaited: list.awaited,
    }
}

/// The age of a kind of data.
pub(super) struct DataRow {
    pub(super) name: &'static str,
    pub(super) newest: Option<Link>,
    pub(super) release: String,
    pub(super) source: &'static str,
    pub(super) written: String,
    pub(super) checked: String,
}

pub(super) fn data_row(row: &Freshness, year: i16) -> DataRow {
    let time = |at: Option<DateTime<Utc>>| words::or_dash(at.map(|at| words::instant(at, year)));
    let nothing = if row.race.is_none() { "none yet" } else { "" };
    DataRow {
        name: match row.data {
            DataKind::Release => "Release of F1DB",
            DataKind::Calendar => "Calendar, up to the",
            DataKind::Results => "Race results",
            DataKind::Sprints => "Sprint results",
            DataKind::Qualifying => "Qualifying",
            DataKind::Practice => "Practice",
            DataKind::Grids => "Starting grids",
            DataKind::PitStops => "Pit stops",
            DataKind::Laps => "Lap times",
            DataKind::Predictions => "Forecasts",
            DataKind::Scores => "Scores of forecasts",
            DataKind::TitleOdds => "Title odds",
        },
        newest: row.race.as_ref().map(race_link),
        release: row.release.clone().unwrap_or_else(|| nothing.to_owned()),
        source: row.source.map_or("", Upstream::name),
        written: time(row.written_at),
        checked: time(row.checked_at),
    }
}

/// How early or late the forecast of a race was made.
pub(super) struct PredictionRow {
    pub(super) race: Link,
    pub(super) when: String,
    pub(super) made: String,
    pub(super) wrong: bool,
    pub(super) known: &'static str,
    pub(super) missing: String,
}

pub(super) fn prediction(row: &Timeliness, now: DateTime<Utc>, year: i16) -> PredictionRow {
    let mut race = race_link(&row.race);
    if row.contest == Contest::Sprint {
        race.text.push_str(", sprint");
    }
    let (made, wrong) = match (row.lead_s, row.late_s) {
        (Some(lead), _) => (format!("{} before the start", words::duration(lead)), false),
        (None, Some(late)) => (format!("{} late", words::duration(late)), false),
        (None, None) if row.made_at.is_some() => ("retrospective".to_owned(), false),
        (None, None) if row.starts_at > now => ("not made yet".to_owned(), false),
        (None, None) => ("never made".to_owned(), true),
    };
    PredictionRow {
        race,
        when: words::instant(row.starts_at, year),
        made,
        wrong,
        known: row.moment.map_or("", |moment| match moment {
            Moment::BeforeWeekend => "nothing of the weekend",
            Moment::BeforeQualifying => "practice",
            Moment::QualifyingOrder => "qualifying",
            Moment::OfficialGrid => "the official grid",
        }),
        missing: words::list(&words::inputs(&row.missing)),
    }
}

#[cfg(test)]
mod tests {
    use client::{races::RaceRef, vocabulary::RaceList};

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn a_list_is_from_a_source_awaited_or_to_come() {
        let text = |source, delay_s, awaited| {
            let list = ListState {
                list: RaceList::Grid,
                source,
                first_seen: None,
                delay_s,
                awaited,
            };
            let now = at("2026-06-10T16:00:00Z");
            due_list(&list, at("2026-06-10T14:00:00Z"), now).text
        };
        assert_eq!(
            text(Some(Upstream::Openf1), Some(600), false),
            "Starting grid: from OpenF1, 10 minutes after the end"
        );
        assert_eq!(
            text(Some(Upstream::F1db), None, false),
            "Starting grid: from F1DB"
        );
        assert_eq!(
            text(None, None, true),
            "Starting grid: awaited, 2 hours after the end"
        );
        assert_eq!(text(None, None, false), "Starting grid: to come");
    }

    #[test]
    fn a_forecast_is_early_late_or_missing() {
        let made = |made_at: Option<&str>, lead_s, late_s, now: &str| {
            let row = Timeliness {
                race: RaceRef {
                    year: 2026,
                    round: 1,
                    name: "Some Grand Prix".to_owned(),
                },
                contest: Contest::Sprint,
                starts_at: at("2026-06-10T14:00:00Z"),
                made_at: made_at.map(at),
                moment: None,
                kind: None,
                lead_s,
                late_s,
                missing: Vec::new(),
            };
            let row = prediction(&row, at(now), 2026);
            assert_eq!(row.race.text, "2026 Some Grand Prix, sprint");
            (row.made, row.wrong)
        };
        let (before, after) = ("2026-06-10T13:00:00Z", "2026-06-10T15:00:00Z");
        assert_eq!(
            made(Some(before), Some(1200), None, after),
            ("20 minutes before the start".to_owned(), false)
        );
        assert_eq!(
            made(Some(after), None, Some(1200), after),
            ("20 minutes late".to_owned(), false)
        );
        assert_eq!(
            made(Some(after), None, None, after),
            ("retrospective".to_owned(), false)
        );
        assert_eq!(
            made(None, None, None, before),
            ("not made yet".to_owned(), false)
        );
        assert_eq!(
            made(None, None, None, after),
            ("never made".to_owned(), true)
        );
    }
}
