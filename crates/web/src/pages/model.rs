//! The model explained: the project's documentation, then the figures of the latest fits.

use std::{collections::BTreeMap, sync::LazyLock};

use askama::Template;
use axum::response::IntoResponse;
use client::model::{ModelDescription, ModelFit};

use super::{frame, if_found};
use crate::{
    chart::Diverging,
    error::Error,
    extract::Api,
    markdown::Document,
    page::{Frame, Page, Section},
    parts::Link,
    words,
};

static TEXT: LazyLock<Document> =
    LazyLock::new(|| Document::new(include_str!("../../../../docs/model.md")));

/// Features of strength, then of retirement: the name in stored fits, and in words.
const FEATURES: [(&str, &str); 25] = [
    ("log_grid", "Place on the grid (logarithm)"),
    ("grid_place", "Place on the grid"),
    ("pole", "First on the grid"),
    ("pit_lane", "Start from the pit lane"),
    ("qualifying_gap", "Gap in qualifying"),
    ("no_qualifying_time", "No time in qualifying"),
    ("pace", "Estimated race pace"),
    ("one_lap_pace", "Estimated pace over one lap"),
    ("skill_at_the_front", "Driver’s skill in a quick car"),
    ("driver_rating", "Driver’s rating"),
    ("team_rating", "Team’s rating"),
    ("fastest_lap_form", "Fastest laps of recent races"),
    ("points_form", "Points of recent races"),
    ("practice_1", "First practice"),
    ("practice_2", "Second practice"),
    ("practice_3", "Third practice"),
    ("sprint_place", "Place in the sprint"),
    ("elo", "Elo rating"),
    ("constant", "For every car"),
    ("field", "Rate of the field"),
    ("team", "Rate of the team"),
    ("driver", "Rate of the driver"),
    ("circuit", "Rate of the circuit"),
    ("grid", "Place on the grid"),
    ("rate", "One rate for all"),
];

#[derive(Template)]
#[template(path = "model.html")]
struct ModelPage {
    frame: Frame,
    title: &'static str,
    opening: &'static str,
    contents: &'static [Link],
    text: &'static str,
    name: Option<String>,
    fits: Vec<Fit>,
}

struct Fit {
    moment: &'static str,
    before: String,
    races: String,
    rows: String,
    log_likelihood: String,
    sprint_scale: Option<String>,
    strength: Vec<Coefficient>,
    retirement: Vec<Coefficient>,
}

struct Coefficient {
    name: String,
    value: String,
    bar: Diverging,
}

/// `GET /model`
pub(crate) async fn show(Api(api): Api) -> Result<impl IntoResponse, Error> {
    let (frame, model) = tokio::join!(frame(&api, Section::Model), api.model());
    let (frame, model) = (frame?, if_found(model)?);
    let name = |model: &ModelDescription| words::model_name(&model.name, &model.version);
    Ok(Page(ModelPage {
        frame,
        title: &TEXT.title,
        opening: &TEXT.opening,
        contents: &TEXT.contents,
        text: &TEXT.html,
        name: model.as_ref().map(name),
        fits: model
            .iter()
            .flat_map(|model| &model.fits)
            .map(fit)
            .collect(),
    }))
}

fn fit(fit: &ModelFit) -> Fit {
    Fit {
        moment: words::moment(fit.moment),
        before: format!("round {} of {}", fit.before_round, fit.before_season),
        races: words::thousands(fit.races),
        rows: words::thousands(fit.rows),
        log_likelihood: format!("{:.1}", fit.log_likelihood).replace('-', "−"),
        sprint_scale: fit.sprint_scale.map(|scale| format!("{scale:.2}")),
        strength: coefficients(&fit.coefficients),
        retirement: coefficients(&fit.retirement),
    }
}

/// The coefficients with their bars, largest first.
fn coefficients(of: &BTreeMap<String, f64>) -> Vec<Coefficient> {
    let scale = of.values().map(|value| value.abs()).fold(0.0, f64::max);
    let mut sorted: Vec<(&String, f64)> = of.iter().map(|(name, value)| (name, *value)).collect();
    sorted.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    sorted
        .into_iter()
        .map(|(name, value)| Coefficient {
            name: FEATURES
                .iter()
                .find(|(known, _)| known == name)
                .map_or_else(
                    || words::capitalised(&name.replace('_', " ")),
                    |(_, text)| (*text).to_owned(),
                ),
            value: words::signed(value),
            bar: Diverging::new(value, scale),
        })
        .collect()
}
