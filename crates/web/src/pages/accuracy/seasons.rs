//! The winner log score season by season, compared with simpler forecasters.

use client::accuracy::SeasonScore;

use super::{
    TUNED_TO,
    forecasters::{named, ranked, short},
};
use crate::chart::{Axis, Chart, Lines, Series, Style};

/// The scores behind the chart.
pub(super) struct SeasonTable {
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<SeasonRow>,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) class: &'static str,
}

pub(super) struct SeasonRow {
    pub(super) season: i16,
    pub(super) races: i32,
    pub(super) cells: Vec<Cell>,
}

pub(super) struct Cell {
    pub(super) class: &'static str,
    pub(super) text: String,
}

impl SeasonTable {
    pub(super) fn new(seasons: &[SeasonScore], model: &str) -> Self {
        let names = forecasters(seasons, model);
        let class = |name: &str| match name.replace('-', "_").as_str() {
            "grid_and_gap" | "uniform" => "",
            _ if name == model => "main",
            _ => "d2",
        };
        Self {
            columns: names
                .iter()
                .map(|name| Column {
                    name: short(name, model),
                    class: class(name),
                })
                .collect(),
            rows: seasons
                .iter()
                .map(|season| SeasonRow {
                    season: season.season,
                    races: season.races,
                    cells: names
                        .iter()
                        .map(|name| Cell {
                            class: class(name),
                            text: season
                                .win_log_score
                                .get(*name)
                                .map_or_else(|| "–".to_owned(), |score| format!("{score:.2}")),
                        })
                        .collect(),
                })
                .collect(),
        }
    }
}

fn forecasters<'a>(seasons: &'a [SeasonScore], model: &str) -> Vec<&'a str> {
    let names = seasons
        .iter()
        .flat_map(|season| season.win_log_score.keys());
    ranked(names, model)
}

/// The chart; `None` for a single season.
pub(super) fn chart(seasons: &[SeasonScore], model: &str) -> Option<Lines> {
    let (first, last) = (seasons.first()?.season, seasons.last()?.season);
    if first == last {
        return None;
    }
    let highest = seasons
        .iter()
        .flat_map(|season| season.win_log_score.values().copied())
        .fold(1.0, f64::max);
    let series = |name: &&str| Series {
        long: named(name, model),
        short: short(name, model),
        points: seasons
            .iter()
            .filter_map(|season| {
                let score = season.win_log_score.get(*name)?;
                Some((f64::from(season.season), *score))
            })
            .collect(),
        style: if *name == model {
            Style::Accent
        } else {
            Style::Grey
        },
    };
    // The model is drawn last, on top.
    let series: Vec<Series> = forecasters(seasons, model)
        .iter()
        .rev()
        .map(series)
        .collect();
    let step = if last - first > 8 { 5 } else { 1 };
    let years = (first..=last)
        .filter(|year| year % step == 0)
        .map(|year| (f64::from(year), year.to_string()));
    let ticks = (0_u8..)
        .map(f64::from)
        .take_while(|tick| *tick <= highest)
        .map(|tick| (tick, format!("{tick:.0}")));
    let split = (first <= TUNED_TO && last > TUNED_TO).then_some((
        f64::from(TUNED_TO) + 0.5,
        "tuned on",
        "not tuned on",
    ));
    Some(Lines::from(Chart {
        title: "Winner log score by season".to_owned(),
        description: format!(
            "From {first} to {last}; lower is better. This model against {} simpler forecasters. The table below has the figures.",
            series.len() - 1
        ),
        x: Axis {
            from: f64::from(first),
            to: f64::from(last),
            ticks: years.collect(),
        },
        y: Axis {
            from: 0.0,
            to: 1.04 * highest,
            ticks: ticks.collect(),
        },
        series,
        split,
    }))
}
