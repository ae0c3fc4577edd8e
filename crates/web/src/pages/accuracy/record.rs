//! One record in full: calibration, seasons, scores, surprises, claims.

use client::{
    accuracy::{Bin, Period, Record, Surprise},
    vocabulary::{Contest, EventKind, PredictionKind, Score},
};

use super::{
    TUNED_TO,
    claims::claims,
    races_of,
    scores::{ScoreTable, table},
    seasons::{self, SeasonTable},
    span,
};
use crate::{
    address,
    chart::{Lines, Reliability},
    parts::{Title, Who},
    words,
};

/// Scores in the order they are shown.
const SCORES: [Score; 7] = [
    Score::WinLogScore,
    Score::Top1,
    Score::WinBrier,
    Score::PodiumLogScore,
    Score::PointsBrier,
    Score::Spearman,
    Score::Rps,
];

/// One record in full.
pub(super) struct RecordView {
    pub(super) what: String,
    pub(super) span: String,
    pub(super) races: String,
    pub(super) reliability: Vec<Reliability>,
    pub(super) bins: Vec<BinTable>,
    pub(super) seasons: Option<Lines>,
    pub(super) season_table: SeasonTable,
    pub(super) main: Vec<ScoreTable>,
    pub(super) others: Vec<ScoreTable>,
    pub(super) earlier: Vec<Earlier>,
    pub(super) surprises: Vec<SurpriseRow>,
    pub(super) shown: Vec<String>,
    pub(super) not_shown: Vec<String>,
}

pub(super) struct BinTable {
    pub(super) heading: &'static str,
    pub(super) rows: Vec<BinRow>,
}

pub(super) struct BinRow {
    pub(super) predicted: String,
    pub(super) observed: String,
    pub(super) interval: String,
    pub(super) count: String,
}

/// Earlier seasons, shown apart from the newest period.
pub(super) struct Earlier {
    pub(super) heading: String,
    pub(super) text: &'static str,
    pub(super) table: ScoreTable,
}

pub(super) struct SurpriseRow {
    pub(super) href: String,
    pub(super) race: Title,
    pub(super) year: i16,
    pub(super) winner: Who,
    pub(super) chance: String,
    pub(super) log_score: String,
}

/// Everything that the page shows of a record.
pub(super) fn view(record: &Record, model: &str) -> RecordView {
    let (newest, earlier) = match record.periods.split_first() {
        Some((newest, earlier)) => (Some(newest), earlier),
        None => (None, &[][..]),
    };
    let kind = match record.kind {
        PredictionKind::Live => "published before the start",
        PredictionKind::Retrospective => {
            "retrospective: computed later, using only what was known before the start"
        }
    };
    let of_newest = |scores: &[Score]| -> Vec<ScoreTable> {
        newest
            .iter()
            .flat_map(|period| {
                scores
                    .iter()
                    .filter_map(|score| table(period, model, *score))
            })
            .collect()
    };
    let events = [
        (EventKind::Win, "Win"),
        (EventKind::Podium, "Podium"),
        (EventKind::Points, "Points"),
    ];
    let calibration = || {
        events.into_iter().filter_map(|(event, heading)| {
            let bins = newest?.calibration.get(&event)?;
            (!bins.is_empty()).then_some((heading, bins))
        })
    };
    let claims = newest
        .map(|period| claims(period, model))
        .unwrap_or_default();
    RecordView {
        what: format!(
            "{} {}, {kind}",
            races_of(record.contest),
            words::moment_in_sentence(record.moment)
        ),
        span: newest.map(span).unwrap_or_default(),
        races: words::thousands(newest.map_or(0, |period| period.races)),
        reliability: calibration()
            .map(|(heading, bins)| Reliability::new(heading, bins))
            .collect(),
        bins: calibration()
            .map(|(heading, bins)| BinTable {
                heading,
                rows: bins.iter().map(bin).collect(),
            })
            .collect(),
        seasons: seasons::chart(&record.seasons, model),
        season_table: SeasonTable::new(&record.seasons, model),
        main: of_newest(&SCORES[..2]),
        others: of_newest(&SCORES[2..]),
        earlier: earlier
            .iter()
            .filter_map(|period| earlier_period(period, model))
            .collect(),
        surprises: record
            .surprises
            .iter()
            .map(|row| surprise(row, record.contest))
            .collect(),
        shown: claims.shown,
        not_shown: claims.not_shown,
    }
}

fn bin(bin: &Bin) -> BinRow {
    let exact = |share: f64| format!("{:.1}", 100.0 * share);
    BinRow {
        predicted: exact(bin.predicted),
        observed: exact(bin.observed),
        interval: format!("{} to {}", exact(bin.interval[0]), exact(bin.interval[1])),
        count: words::thousands(bin.predictions),
    }
}

fn earlier_period(period: &Period, model: &str) -> Option<Earlier> {
    let tuned = period.last_season <= TUNED_TO;
    Some(Earlier {
        heading: if tuned {
            format!("Seasons used for tuning, {}", span(period))
        } else {
            format!("Seasons {}", span(period))
        },
        text: if tuned {
            "The model was chosen by its scores in these seasons, so the scores flatter it. They are shown apart, and no claim rests on them."
        } else {
            "Shown apart from the newest seasons."
        },
        table: table(period, model, Score::WinLogScore)?,
    })
}

fn surprise(surprise: &Surprise, contest: Contest) -> SurpriseRow {
    let race = &surprise.race;
    SurpriseRow {
        href: address::prediction(race.year, race.round, contest),
        race: Title::new(&race.name, contest),
        year: race.year,
        winner: Who::new(&surprise.winner.driver, Some(&surprise.winner.team)),
        // To two figures: these chances are small, and their size is the point.
        chance: match 100.0 * surprise.winner_chance {
            percent if percent < 0.095 => format!("{percent:.2}"),
            percent if percent < 9.5 => format!("{percent:.1}"),
            percent => format!("{percent:.0}"),
        },
        log_score: format!("{:.2}", surprise.log_score),
    }
}
