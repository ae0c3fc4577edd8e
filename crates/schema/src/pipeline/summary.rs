//! The size of the database, cheap enough to ask for on every page.

use sqlx::PgPool;

/// What the database contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The history is still being loaded or predicted.
    pub loading: bool,
    /// The data is the demonstration championship.
    pub demo: bool,
    /// The release loaded last.
    pub release: Option<String>,
    /// Oldest and newest season with a race.
    pub seasons: Option<(i16, i16)>,
    /// Grands Prix with a result.
    pub races_completed: i64,
    /// Predictions made before the start.
    pub live_predictions: i64,
    /// Predictions made afterwards from what was known before.
    pub retrospective_predictions: i64,
}

/// Reads the summary.
pub async fn summary(pool: &PgPool) -> sqlx::Result<Summary> {
    let row = sqlx::query!(
        r#"SELECT pipeline_loading() AS "loading!",
                  (SELECT demo FROM loaded_release) AS demo,
                  (SELECT release_tag FROM loaded_release) AS release,
                  (SELECT min(year) FROM races) AS first_season, (SELECT max(year) FROM races) AS last_season,
                  (SELECT count(*) FROM races WHERE status = 'completed') AS "races_completed!",
                  (SELECT count(*) FROM predictions WHERE kind = 'live') AS "live!",
                  (SELECT count(*) FROM predictions WHERE kind = 'retrospective') AS "retrospective!""#
    )
    .fetch_one(pool)
    .await?;
    Ok(Summary {
        loading: row.loading,
        demo: row.demo.unwrap_or(false),
        release: row.release,
        seasons: row.first_season.zip(row.last_season),
        races_completed: row.races_completed,
        live_predictions: row.live,
        retrospective_predictions: row.retrospective,
    })
}
