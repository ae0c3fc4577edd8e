//! The database has the words, columns and transitions of the Rust types, and enforces its invariants.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use std::collections::BTreeSet;

use schema::{
    Championship, Contest, DataKind, EntityKind, EventFormat, EventKind, JobOutcome, Moment,
    PredictionInput, PredictionKind, ProblemKind, QualifyingFormat, RaceList, RaceStatus,
    ResultStatus, Score, SessionKind, StandingSource, Table, Upstream,
    championships::Standing,
    predictions::{
        Accuracy, Calibration, Prediction, PredictionDriver, PredictionFeatures, PredictionScore,
        TitleOdds,
    },
    races::{Race, RaceSession},
    reference::{Circuit, Driver, Lineage, Season, SeasonEntry, Team},
    sessions::{GridPlace, Lap, PitStop, PracticeResult, QualifyingResult, RaceResult},
};
use sqlx::PgPool;

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn row_types_have_the_columns_and_keys_of_their_tables(pool: PgPool) {
    async fn check<T: Table>(pool: &PgPool, other_columns: &[&str]) {
        let columns: BTreeSet<String> =
            sqlx::query_scalar("SELECT attname::text FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped")
                .bind(T::NAME)
                .fetch_all(pool)
                .await
                .unwrap()
                .into_iter()
                .collect();
        let known = T::COLUMNS
            .iter()
            .chain(other_columns)
            .map(ToString::to_string)
            .collect();
        assert_eq!(columns, known, "{}", T::NAME);
        let unique: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indpred IS NULL
               AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
                    WHERE a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey))
                   = (SELECT array_agg(k ORDER BY k) FROM unnest($2::text[]) k))",
        )
        .bind(T::NAME)
        .bind(T::KEY)
        .fetch_one(pool)
        .await
        .unwrap();
        assert!(unique, "{} has no unique index on {:?}", T::NAME, T::KEY);
    }
    check::<Season>(&pool, &[]).await;
    check::<Circuit>(&pool, &[]).await;
    check::<Lineage>(&pool, &[]).await;
    check::<Team>(&pool, &[]).await;
    check::<Driver>(&pool, &[]).await;
    check::<SeasonEntry>(&pool, &[]).await;
    check::<Race>(&pool, &[]).await;
    let upstreams = [
        "f1db_date",
        "f1db_starts_at",
        "jolpica_date",
        "jolpica_starts_at",
        "openf1_key",
    ];
    check::<RaceSession>(&pool, &upstreams).await;
    check::<PracticeResult>(&pool, &[]).await;
    check::<QualifyingResult>(&pool, &[]).await;
    check::<GridPlace>(&pool, &[]).await;
    check::<RaceResult>(&pool, &[]).await;
    check::<PitStop>(&pool, &[]).await;
    check::<Lap>(&pool, &[]).await;
    check::<Standing>(&pool, &[]).await;
    check::<PredictionFeatures>(&pool, &[]).await;
    check::<Prediction>(&pool, &["scheduled_start"]).await;
    check::<PredictionDriver>(&pool, &[]).await;
    check::<PredictionScore>(&pool, &[]).await;
    check::<Accuracy>(&pool, &[]).await;
    check::<Calibration>(&pool, &[]).await;
    check::<TitleOdds>(&pool, &[]).await;
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn enums_have_the_same_words_in_the_same_order(pool: PgPool) {
    let mut checked = BTreeSet::new();
    macro_rules! check {
        ($($word:ident),+ $(,)?) => {$(
            let name = $word::SQL_TYPE;
            let labels: Vec<String> = sqlx::query_scalar(
                "SELECT enumlabel::text FROM pg_enum WHERE enumtypid = $1::regtype ORDER BY enumsortorder",
            )
            .bind(name)
            .fetch_all(&pool)
            .await
            .unwrap();
            let words: Vec<&str> = $word::ALL.iter().map(|word| word.as_str()).collect();
            assert_eq!(labels, words, "{name}");
            let sql = format!("SELECT enum_range(NULL::{name}), $1::{name}[]");
            let (decoded, encoded): (Vec<$word>, Vec<$word>) =
                sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind($word::ALL).fetch_one(&pool).await.unwrap();
            assert_eq!((&decoded[..], &encoded[..]), ($word::ALL, $word::ALL), "{name}");
            checked.insert(name.to_owned());
        )+};
    }
    check!(
        Championship,
        Contest,
        DataKind,
        EntityKind,
        EventFormat,
        EventKind,
        JobOutcome,
        Moment,
        PredictionInput,
        PredictionKind,
        ProblemKind,
        QualifyingFormat,
        RaceList,
        RaceStatus,
        ResultStatus,
        Score,
        SessionKind,
        StandingSource,
        Upstream,
    );
    let types: Vec<String> =
        sqlx::query_scalar("SELECT typname::text FROM pg_type WHERE typtype = 'e'")
            .fetch_all(&pool)
            .await
            .unwrap();
    assert_eq!(types.into_iter().collect::<BTreeSet<_>>(), checked);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn race_transitions_are_the_same_in_rust_and_sql(pool: PgPool) {
    let rows: Vec<(EventFormat, RaceStatus, RaceStatus)> =
        sqlx::query_as("SELECT event_format, from_status, to_status FROM race_transitions")
            .fetch_all(&pool)
            .await
            .unwrap();
    let in_sql: BTreeSet<_> = rows.into_iter().collect();
    let mut in_rust = BTreeSet::new();
    for format in EventFormat::ALL {
        for from in RaceStatus::ALL {
            in_rust.extend(from.next(*format).iter().map(|to| (*format, *from, *to)));
        }
    }
    assert_eq!(in_sql, in_rust);
}

/// A season with one race on 2030-05-12 at 13:00 UTC, two drivers, and a fit.
async fn one_race(pool: &PgPool) {
    sqlx::raw_sql(
        "INSERT INTO seasons VALUES (2030);
         INSERT INTO circuits (id, circuit_key, name, full_name, place, country, country_code, latitude, longitude,
                               time_zone, kind, clockwise, length_m, turns)
         VALUES (1, 'ring', 'Ring', 'The Ring', 'Town', 'Land', 'LL', 1, 2, 'UTC', 'race', true, 5000, 12);
         INSERT INTO team_lineages (id, lineage_key) VALUES (1, 'team');
         INSERT INTO teams (id, team_key, lineage_id, name, full_name, country, country_code)
         VALUES (1, 'team', 1, 'Team', 'The Team', 'Land', 'LL');
         INSERT INTO drivers (id, driver_key, name, first_name, last_name, full_name, code, date_of_birth,
                              place_of_birth, nationality, country_code)
         VALUES (1, 'a', 'A', 'A', 'A', 'A', 'AAA', '2000-01-01', 'Town', 'Land', 'LL'),
                (2, 'b', 'B', 'B', 'B', 'B', 'BBB', '2000-01-02', 'Town', 'Land', 'LL');
         INSERT INTO races (id, year, round, grand_prix_key, name, official_name, circuit_id, date, starts_at,
                            event_format, status, qualifying_format, lap_length_m, turns, laps)
         VALUES (1, 2030, 1, 'land', 'Land Grand Prix', 'The Land Grand Prix', 1, '2030-05-12', '2030-05-12T13:00Z',
                 'conventional', 'scheduled', 'knockout', 5000, 12, 60);
         INSERT INTO model_fits (model, version, moment, before_year, before_round, races, rows, parameters, log_likelihood)
         VALUES ('m', '1', 'official_grid', 2030, 1, 10, 100, '{}', -1);",
    )
    .execute(pool)
    .await
    .unwrap();
}

/// The error with which the database refuses `sql`.
async fn refused(pool: &PgPool, sql: &'static str) -> String {
    match sqlx::raw_sql(sql).execute(pool).await {
        Ok(_) => panic!("accepted: {sql}"),
        Err(error) => error.to_string(),
    }
}

const PREDICTION: &str = "INSERT INTO predictions (id, contest, race_id, moment, kind, model_fit_id, made_at, inputs_used, inputs_missing)
     SELECT 1, 'grand_prix', 1, 'official_grid', 'live', id, '2030-05-12T12:59Z', '{official_grid}', '{}' FROM model_fits;
     INSERT INTO prediction_drivers VALUES
       (1, 'grand_prix', 1, 1, 1, 0.6, 1, 1, 0.1, 1.4, '{0.6,0.4}', '{}'),
       (1, 'grand_prix', 2, 1, 2, 0.4, 1, 1, 0.1, 1.6, '{0.4,0.6}', '{}');";

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_race_follows_the_transitions_of_its_format(pool: PgPool) {
    one_race(&pool).await;
    let error = refused(&pool, "UPDATE races SET status = 'completed'").await;
    assert!(
        error.contains("status cannot go from scheduled to completed"),
        "{error}"
    );
    refused(&pool, "UPDATE races SET status = 'sprint_done'").await;
    sqlx::raw_sql(
        "UPDATE races SET status = 'qualifying_done'; UPDATE races SET status = 'completed'",
    )
    .execute(&pool)
    .await
    .unwrap();
    refused(&pool, "UPDATE races SET status = 'cancelled'").await;
    refused(&pool, "UPDATE races SET status = 'scheduled'").await;
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_prediction_is_live_only_before_the_start(pool: PgPool) {
    one_race(&pool).await;
    sqlx::raw_sql(PREDICTION).execute(&pool).await.unwrap();
    for (kind, made_at) in [
        ("live", "2030-05-12T13:00Z"),
        ("live", "2030-05-13T00:00Z"),
        ("retrospective", "2030-05-12T12:59Z"),
    ] {
        let result = sqlx::query(
            "INSERT INTO predictions (contest, race_id, moment, kind, model_fit_id, made_at, inputs_used, inputs_missing)
             SELECT 'grand_prix', 1, 'official_grid', $1::prediction_kind, id, $2::timestamptz, '{}', '{}' FROM model_fits",
        )
        .bind(kind)
        .bind(made_at)
        .execute(&pool)
        .await;
        let error = result.expect_err(made_at).to_string();
        assert!(error.contains(&format!("is not {kind}")), "{error}");
    }
    let start: bool =
        sqlx::query_scalar("SELECT scheduled_start = '2030-05-12T13:00Z' FROM predictions")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert!(start, "the scheduled start is stored with the prediction");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn predictions_are_append_only(pool: PgPool) {
    one_race(&pool).await;
    sqlx::raw_sql(PREDICTION).execute(&pool).await.unwrap();
    for sql in [
        "UPDATE predictions SET made_at = '2030-05-12T10:00Z'",
        "DELETE FROM prediction_drivers",
        "UPDATE prediction_drivers SET win = 0.5",
        "UPDATE prediction_drivers SET driver_id = 3 - driver_id",
        "UPDATE model_fits SET parameters = '{\"x\": 1}'",
        "DELETE FROM model_fits",
        "DELETE FROM predictions",
        "DELETE FROM races",
    ] {
        refused(&pool, sql).await;
    }
    // Merging two rows of one person changes the reference.
    let sql = "INSERT INTO drivers SELECT 3, 'c', name, first_name, last_name, full_name, code, permanent_number, date_of_birth,
                      date_of_death, place_of_birth, nationality, country_code FROM drivers WHERE id = 2;
               BEGIN; SET LOCAL f1.merging = 'on';
               UPDATE prediction_drivers SET driver_id = 3 WHERE driver_id = 2; COMMIT";
    sqlx::raw_sql(sql).execute(&pool).await.unwrap();
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn chances_are_between_0_and_1_and_sum_to_one(pool: PgPool) {
    one_race(&pool).await;
    sqlx::raw_sql(PREDICTION).execute(&pool).await.unwrap();
    let second = "INSERT INTO predictions (id, contest, race_id, moment, kind, model_fit_id, made_at, inputs_used, inputs_missing)
                  SELECT 2, 'grand_prix', 1, 'official_grid', 'live', id, '2030-05-12T12:00Z', '{}', '{}' FROM model_fits";
    sqlx::raw_sql(second).execute(&pool).await.unwrap();
    for table in ["prediction_drivers", "race_prediction_drivers"] {
        let sql = format!(
            "INSERT INTO {table} VALUES (2, 'grand_prix', 1, 1, 1, 0.6, 1, 1, 0.1, 1.4, '{{0.6,0.4}}', '{{}}')"
        );
        let result = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await;
        let error = result.expect_err(table).to_string();
        assert!(error.contains("do not sum to one"), "{error}");
    }
    for row in [
        "(2, 'grand_prix', 1, 1, 1, 1.2, 1, 1, 0.1, 1.4, '{0.6,0.4}', '{}')",
        "(2, 'grand_prix', 1, 1, 1, 1, 0.5, 1, 0.1, 1.4, '{1,0}', '{}')",
        "(2, 'grand_prix', 1, 1, 1, 1, 1, 1, 0.1, 3, '{1,0}', '{}')",
        "(2, 'grand_prix', 1, 1, 1, 1, 1, 1, 0.1, 1, '{1,-0.1}', '{}')",
        "(2, 'grand_prix', 1, 1, 1, 'NaN', 1, 1, 0.1, 1, '{1,0}', '{}')",
    ] {
        let result = sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO prediction_drivers VALUES {row}"
        )))
        .execute(&pool)
        .await;
        assert!(result.is_err(), "accepted: {row}");
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn roles_have_only_the_rights_they_need(pool: PgPool) {
    one_race(&pool).await;
    let mut api = pool.acquire().await.unwrap();
    sqlx::raw_sql("SET ROLE f1_api")
        .execute(&mut *api)
        .await
        .unwrap();
    let races: i64 = sqlx::query_scalar("SELECT count(*) FROM races")
        .fetch_one(&mut *api)
        .await
        .unwrap();
    assert_eq!(races, 1);
    for sql in [
        "DELETE FROM races",
        "INSERT INTO seasons VALUES (2031)",
        "UPDATE drivers SET name = 'x'",
        "CREATE TABLE t ()",
        "SELECT nextval('races_id_seq')",
    ] {
        assert!(
            sqlx::raw_sql(sql).execute(&mut *api).await.is_err(),
            "f1_api may: {sql}"
        );
    }
    sqlx::raw_sql("RESET ROLE; SET ROLE f1_etl")
        .execute(&mut *api)
        .await
        .unwrap();
    sqlx::raw_sql("INSERT INTO seasons VALUES (2031)")
        .execute(&mut *api)
        .await
        .unwrap();
    for sql in [
        "DROP TABLE races",
        "DELETE FROM race_transitions",
        "UPDATE standing_adjustments SET points = 1",
    ] {
        assert!(
            sqlx::raw_sql(sql).execute(&mut *api).await.is_err(),
            "f1_etl may: {sql}"
        );
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_different_schema_is_refused(pool: PgPool) {
    use schema::database::{SchemaError, check_schema};
    check_schema(&pool).await.unwrap();
    sqlx::raw_sql("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, '', 0)").execute(&pool).await.unwrap();
    assert!(matches!(
        check_schema(&pool).await,
        Err(SchemaError::Ahead { version: 9999 })
    ));
    sqlx::raw_sql("DELETE FROM _sqlx_migrations WHERE version IN (6, 9999)")
        .execute(&pool)
        .await
        .unwrap();
    assert!(matches!(
        check_schema(&pool).await,
        Err(SchemaError::Behind { version: 6, .. })
    ));
    sqlx::raw_sql("UPDATE _sqlx_migrations SET checksum = '' WHERE version = 1")
        .execute(&pool)
        .await
        .unwrap();
    assert!(matches!(
        check_schema(&pool).await,
        Err(SchemaError::Changed { version: 1 })
    ));
}
