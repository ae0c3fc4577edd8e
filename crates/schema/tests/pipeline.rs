//! The rules of the pipeline's state are the same in Rust and SQL.

use std::collections::BTreeSet;

use schema::{EventFormat, RaceList, SessionKind, pipeline::session_of};
use sqlx::PgPool;

/// A race of each format, with every session that any format has.
const RACES: &str = "
    INSERT INTO seasons VALUES (2030);
    INSERT INTO circuits (id, circuit_key, name, full_name, place, country, country_code, latitude, longitude,
                          time_zone, kind, clockwise, length_m, turns)
    VALUES (1, 'ring', 'Ring', 'The Ring', 'Town', 'Land', 'LL', 1, 2, 'UTC', 'race', true, 5000, 12);
    INSERT INTO races (year, round, grand_prix_key, name, official_name, circuit_id, date, starts_at, event_format,
                       status, qualifying_format, lap_length_m, turns, laps, sprint_laps)
    SELECT 2030, n, replace(format::text, '_', '-'), format, format, 1, '2030-05-12', '2030-05-12T13:00Z', format, 'scheduled', 'knockout', 5000,
           12, 60, CASE WHEN format <> 'conventional' THEN 20 END
    FROM unnest(enum_range(NULL::event_format)) WITH ORDINALITY AS formats (format, n);
    INSERT INTO race_sessions (race_id, session, date)
    SELECT r.id, session, r.date FROM races r, unnest(enum_range(NULL::session_kind)) AS session";

fn rule() -> BTreeSet<(EventFormat, RaceList, SessionKind)> {
    let mut rule = BTreeSet::new();
    for format in EventFormat::ALL {
        let rows = RaceList::ALL.iter().filter_map(|list| {
            let session = session_of(*list, *format)?;
            Some((*format, *list, session))
        });
        rule.extend(rows);
    }
    rule
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_list_follows_the_same_session_in_rust_and_sql(pool: PgPool) {
    let table: Vec<(EventFormat, RaceList, SessionKind)> =
        sqlx::query_as("SELECT event_format, list, session FROM session_lists")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(table.into_iter().collect::<BTreeSet<_>>(), rule());

    sqlx::raw_sql(RACES).execute(&pool).await.unwrap();
    let view: Vec<(EventFormat, RaceList, SessionKind)> = sqlx::query_as(
        "SELECT r.event_format, l.list, l.session FROM weekend_lists l JOIN races r ON r.id = l.race_id",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert_eq!(view.len(), rule().len(), "a list follows one session");
    assert_eq!(view.into_iter().collect::<BTreeSet<_>>(), rule());
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_rule_cannot_be_changed_by_a_job(pool: PgPool) {
    let mut connection = pool.acquire().await.unwrap();
    sqlx::raw_sql("SET ROLE f1_etl")
        .execute(&mut *connection)
        .await
        .unwrap();
    let refused = sqlx::raw_sql("DELETE FROM session_lists")
        .execute(&mut *connection)
        .await;
    assert!(refused.is_err());
}
