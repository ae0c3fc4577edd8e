//! What is due next, how fresh the data is, and how early or late forecasts were.

use chrono::{DateTime, Utc};
use client::{
    status::{Freshness, ListState, SessionState, Timeliness, Weekend},
    vocabulary::{Contest, DataKind, Moment, PredictionInput, Upstream},
};

use super::race_link;
use crate::{
    pages::{corrections::list_name, races::session_name},
    parts::Link,
    words,
};

/// A weekend at hand.
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

/// A list: held, awaited, or to come.
pub(super) struct DueList {
    pub(super) text: String,
    pub(super) awaited: bool,
}

pub(super) fn due(weekend: &Weekend, now: DateTime<Utc>, year: i16) -> Due {
    let session = |session: &SessionState| DueSession {
        name: session_name(session.session),
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
    let name = words::sentence(list_name(list.list));
    let state = match (list.source, list.delay_s) {
        (Some(source), Some(delay)) if delay >= 0 => format!(
            "{}, {} after the end",
            source_name(source),
            words::duration(delay)
        ),
        (Some(source), _) => source_name(source).to_owned(),
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

const fn source_name(source: Upstream) -> &'static str {
    match source {
        Upstream::F1db => "F1DB",
        Upstream::Jolpica => "Jolpica-F1",
        Upstream::Openf1 => "OpenF1",
    }
}

/// How fresh a kind of data is.
pub(super) struct DataRow {
    pub(super) name: &'static str,
    pub(super) newest: Option<Link>,
    pub(super) release: String,
    pub(super) source: &'static str,
    pub(super) written: String,
    pub(super) checked: String,
}

pub(super) fn data_row(row: &Freshness, year: i16) -> DataRow {
    let told = |at: Option<DateTime<Utc>>| {
        at.map_or_else(|| "–".to_owned(), |at| words::instant(at, year))
    };
    let nothing = if row.race.is_none() { "none yet" } else { "" };
    DataRow {
        name: match row.data {
            DataKind::Release => "Release of F1DB",
            DataKind::Calendar => "Calendar, to the",
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
        source: row.source.map_or("", source_name),
        written: told(row.written_at),
        checked: told(row.checked_at),
    }
}

/// How early or late a forecast was made.
pub(super) struct Forecast {
    pub(super) race: Link,
    pub(super) when: String,
    pub(super) made: String,
    pub(super) wrong: bool,
    pub(super) knew: &'static str,
    pub(super) missing: String,
}

pub(super) fn forecast(row: &Timeliness, now: DateTime<Utc>, year: i16) -> Forecast {
    let mut race = race_link(&row.race);
    if row.contest == Contest::Sprint {
        race.text.push_str(", sprint");
    }
    let (made, wrong) = match (row.lead_s, row.late_s) {
        (Some(lead), _) => (format!("{} before the start", words::duration(lead)), false),
        (None, Some(late)) => (format!("{} late", words::duration(late)), false),
        (None, None) if row.starts_at > now => ("not made yet".to_owned(), false),
        (None, None) => ("never made".to_owned(), true),
    };
    let missing: Vec<&str> = row.missing.iter().map(|input| input_name(*input)).collect();
    Forecast {
        race,
        when: words::instant(row.starts_at, year),
        made,
        wrong,
        knew: row.moment.map_or("", |moment| match moment {
            Moment::BeforeWeekend => "nothing of the weekend",
            Moment::BeforeQualifying => "practice",
            Moment::QualifyingOrder => "qualifying",
            Moment::OfficialGrid => "the official grid",
        }),
        missing: words::list(&missing),
    }
}

const fn input_name(input: PredictionInput) -> &'static str {
    match input {
        PredictionInput::Practice1 => "practice 1",
        PredictionInput::Practice2 => "practice 2",
        PredictionInput::Practice3 => "practice 3",
        PredictionInput::SprintResult => "sprint result",
        PredictionInput::QualifyingOrder => "qualifying",
        PredictionInput::QualifyingTimes => "qualifying times",
        PredictionInput::OfficialGrid => "official grid",
    }
}
