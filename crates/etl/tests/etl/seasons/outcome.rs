//! The outcome of a season that was played by ticks.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::journey::Journey;

/// Round, contest, moment and time of its last live forecast, scheduled start.
type Contest = (
    i16,
    String,
    Option<String>,
    Option<DateTime<Utc>>,
    DateTime<Utc>,
);

/// Checks that every round is completed, that its standings are official, and that every contest has a live forecast.
/// Prints which of them lack the official grid.
pub(crate) async fn check(pool: &PgPool, journey: &Journey) {
    let rounds: Vec<(i16, String, bool)> = sqlx::query_as(
        "SELECT r.round, r.status::text, EXISTS (SELECT FROM standings s WHERE s.race_id = r.id AND s.source = 'official')
         FROM races r WHERE r.year = $1 AND r.round <= $2 AND r.status <> 'cancelled' ORDER BY r.round",
    )
    .bind(journey.season)
    .bind(journey.rounds)
    .fetch_all(pool)
    .await
    .unwrap();
    assert_eq!(rounds.len(), usize::try_from(journey.rounds).unwrap());
    for (round, status, official) in &rounds {
        assert_eq!(status, "completed", "round {round}");
        assert!(official, "round {round} has no official standings");
    }

    let contests: Vec<Contest> = sqlx::query_as(
        "SELECT r.round, c.contest::text, l.moment::text, l.made_at, c.start
         FROM races r
         CROSS JOIN LATERAL (
             SELECT 'grand_prix'::contest AS contest, r.starts_at AS start
             UNION ALL
             SELECT 'sprint', s.starts_at FROM race_sessions s WHERE s.race_id = r.id AND s.session = 'sprint') c
         LEFT JOIN LATERAL (
             SELECT p.moment, p.made_at FROM predictions p
             WHERE p.race_id = r.id AND p.contest = c.contest AND p.kind = 'live'
             ORDER BY p.made_at DESC, p.id DESC LIMIT 1) l ON true
         WHERE r.year = $1 AND r.round <= $2 ORDER BY c.start",
    )
    .bind(journey.season)
    .bind(journey.rounds)
    .fetch_all(pool)
    .await
    .unwrap();
    let mut late = 0;
    for (round, contest, moment, made_at, start) in &contests {
        let moment = moment
            .as_deref()
            .unwrap_or_else(|| panic!("round {round}: no live forecast of the {contest}"));
        if moment != "official_grid" {
            late += 1;
            let before = *start - made_at.unwrap();
            println!(
                "{} round {round} {contest}: the last live forecast is of {moment}, {} min before the start",
                journey.name,
                before.num_minutes()
            );
        }
    }
    println!(
        "{}: {} rounds, {} contests with a live forecast, {late} of them without the official grid",
        journey.name,
        rounds.len(),
        contests.len()
    );
}
