//! `GET /v1/model`

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use client::{
    model::{ModelDescription, ModelFit},
    vocabulary::Moment,
};
use serde::Deserialize;
use sqlx::{PgPool, types::Json as SqlJson};

use crate::error::{Error, Result};

/// The model in service, described by its latest fit for each moment.
///
/// The coefficients for each moment, and what they were fitted to. What they mean is on the site's page about the
/// model.
#[utoipa::path(get, operation_id = "model", tag = "model", path = "/v1/model",
    responses((status = 200, body = ModelDescription), (status = 404, description = "No model has been fitted yet")))]
pub(crate) async fn show(State(pool): State<PgPool>) -> Result<ModelDescription> {
    let rows = sqlx::query!(
        r#"WITH newest AS (SELECT model, version FROM model_fits ORDER BY id DESC LIMIT 1)
           SELECT DISTINCT ON (f.moment) f.id, f.model, f.version, f.moment AS "moment: Moment", f.before_year, f.before_round,
                  f.races, f.rows, f.log_likelihood, f.parameters AS "parameters: SqlJson<Parameters>"
           FROM model_fits f JOIN newest n ON (n.model, n.version) = (f.model, f.version)
           ORDER BY f.moment DESC, f.before_year DESC, f.before_round DESC, f.id DESC"#
    )
    .fetch_all(&pool)
    .await?;
    let (name, version) = rows
        .first()
        .map(|row| (row.model.clone(), row.version.clone()))
        .ok_or_else(|| Error::not_found("no model has been fitted yet"))?;
    let fits = rows
        .into_iter()
        .map(|row| {
            let parameters = row.parameters.0;
            ModelFit {
                fit_id: row.id,
                moment: row.moment,
                before_season: row.before_year,
                before_round: row.before_round,
                races: row.races,
                rows: row.rows,
                log_likelihood: row.log_likelihood,
                retirement: parameters.retirement(),
                coefficients: parameters.coefficients,
                sprint_scale: parameters.sprint_scale,
            }
        })
        .collect();
    Ok(Json(ModelDescription {
        name,
        version,
        fits,
    }))
}

/// The stored parameters of a fit. Those that a later model adds are ignored, those that an earlier one lacks are empty.
#[derive(Debug, Deserialize)]
struct Parameters {
    #[serde(default)]
    coefficients: BTreeMap<String, f64>,
    retirement: Option<BTreeMap<String, f64>>,
    /// The only rate of models without retirement features.
    retirement_rate: Option<f64>,
    sprint_scale: Option<f64>,
}

impl Parameters {
    fn retirement(&self) -> BTreeMap<String, f64> {
        self.retirement.clone().unwrap_or_else(|| {
            let rate = self.retirement_rate.map(|rate| ("rate".to_owned(), rate));
            rate.into_iter().collect()
        })
    }
}
