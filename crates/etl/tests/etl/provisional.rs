//! Provisional drivers and teams, which another upstream has before F1DB: they are created, identified again, and taken
//! over by the release.

use chrono::NaiveDate;
use demo::Championship;
use etl::{
    identity::{
        provisional::{ProvisionalDriver, create},
        roster::{ListedCar, ListedDriver, Roster, UnknownEntrants},
    },
    jobs::predictions,
};
use schema::JobOutcome;
use sqlx::PgPool;

use crate::common::{championship, context, dumped, load, section};

/// A team of the newest season with its two drivers, as in the release.
struct LineUp {
    team: String,
    drivers: Vec<Known>,
}

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
struct Known {
    key: String,
    last_name: String,
    born: NaiveDate,
}

/// A team whose two drivers drove for no other team in the newest season.
async fn line_up(pool: &PgPool) -> LineUp {
    let team = "SELECT team_key::text FROM teams t WHERE
                  (SELECT count(DISTINCT driver_id) FROM season_entries WHERE year = 2026 AND team_id = t.id) = 2
                  AND NOT EXISTS (SELECT FROM season_entries e JOIN season_entries f USING (year, driver_id)
                                  WHERE year = 2026 AND e.team_id = t.id AND f.team_id <> t.id)
                ORDER BY 1 LIMIT 1";
    let team: String = sqlx::query_scalar(team).fetch_one(pool).await.unwrap();
    let drivers = sqlx::query_as(
        "SELECT DISTINCT driver_key::text AS key, last_name, date_of_birth AS born FROM drivers d
         JOIN season_entries e ON e.driver_id = d.id JOIN teams t ON t.id = e.team_id
         WHERE year = 2026 AND team_key::text = $1 ORDER BY 1",
    )
    .bind(&team)
    .fetch_all(pool)
    .await
    .unwrap();
    LineUp { team, drivers }
}

/// The release without the rows that mention any of these keys.
fn without(release: &demo::Release, keys: &[&str]) -> demo::Release {
    let mut release = release.clone();
    for text in release.files.values_mut() {
        let mut kept = text
            .lines()
            .filter(|line| !keys.iter().any(|key| line.contains(&format!("\"{key}\""))))
            .collect::<Vec<_>>()
            .join("\n");
        kept.push('\n');
        *text = kept;
    }
    release
}

fn newcomer<'a>(given_name: &'a str, known: &'a Known) -> ProvisionalDriver<'a> {
    ProvisionalDriver {
        given_name,
        family_name: &known.last_name,
        date_of_birth: known.born,
        code: None,
        permanent_number: Some(7),
    }
}

fn line<'a>(person: &ProvisionalDriver<'a>, team: &'a str) -> ListedCar<'a> {
    ListedCar {
        driver: ListedDriver {
            given_name: person.given_name,
            family_name: person.family_name,
            date_of_birth: Some(person.date_of_birth),
        },
        team,
    }
}

async fn number(pool: &PgPool, sql: &'static str, key: &str) -> i32 {
    let id = sqlx::query_scalar(sql).bind(key).fetch_one(pool).await;
    id.unwrap_or_else(|error| panic!("{key}: {error}"))
}

const DRIVER: &str = "SELECT id FROM drivers WHERE driver_key::text = $1";
const TEAM: &str = "SELECT id FROM teams WHERE team_key::text = $1";

/// Adds the drivers with the team to qualifying, grid and result of the next race, which no release has.
async fn race(pool: &PgPool, drivers: &[i32], team: i32) {
    for (table, columns, values) in [
        ("qualifying", "position_text", "'NC'"),
        ("grid", "pit_lane", "true"),
        (
            "results",
            "position_text, status, shared_car, points, pole, fastest_lap",
            "'DNF', 'retired', false, 0, false, false",
        ),
    ] {
        let sql = format!(
            "INSERT INTO {table} (race_id, contest, driver_id, car_number, team_id, display_order, {columns})
             SELECT r.id, 'grand_prix', d, '9' || n, $2, 90 + n, {values}
             FROM (SELECT id FROM races WHERE status = 'qualifying_done' AND year = 2026) r,
                  unnest($1::int[]) WITH ORDINALITY AS x (d, n)"
        );
        let done = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(drivers)
            .bind(team);
        let rows = done.execute(pool).await.unwrap().rows_affected();
        assert_eq!(rows, drivers.len() as u64, "{table}");
    }
}

/// Removes the drivers from these lists of the next race.
async fn withdraw(pool: &PgPool, sessions: &[&str], drivers: &[i32]) {
    for table in sessions {
        let sql = format!(
            "DELETE FROM {table} WHERE driver_id = ANY ($1)
             AND race_id = (SELECT id FROM races WHERE status = 'qualifying_done' AND year = 2026)"
        );
        let gone = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(drivers);
        gone.execute(pool).await.unwrap();
    }
}

/// The numbers of results outside the release, and of forecasts, that name the driver and the team.
async fn mentions(pool: &PgPool, driver: i32, team: i32) -> (i64, i64) {
    sqlx::query_as(
        "SELECT (SELECT count(*) FROM results WHERE driver_id = $1 AND team_id = $2 AND engine IS NULL),
                (SELECT count(*) FROM prediction_drivers p JOIN predictions f ON f.id = p.prediction_id
                   JOIN races r ON r.id = f.race_id
                 WHERE driver_id = $1 AND team_id = $2 AND status = 'qualifying_done' AND year = 2026)",
    )
    .bind(driver)
    .bind(team)
    .fetch_one(pool)
    .await
    .unwrap()
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_release_takes_over_provisional_drivers_and_teams(pool: PgPool) {
    let ctx = context(&pool);
    // Enough teams that a model can be fitted without one of them.
    let wide = Championship {
        teams: 7,
        ..championship()
    };
    let full = wide.release();
    load(&ctx, &full).await.unwrap();
    let LineUp { team, drivers } = line_up(&pool).await;
    let [first, second] = drivers.as_slice() else {
        panic!("{drivers:?}")
    };
    let before = without(&full, &[&team, &first.key, &second.key]);
    sqlx::raw_sql("TRUNCATE seasons, circuits, team_lineages, drivers, raw_responses CASCADE")
        .execute(&pool)
        .await
        .unwrap();
    load(&ctx, &before).await.unwrap();

    let people = [newcomer("Zed", first), newcomer("Zoë", second)];
    let lines = people
        .each_ref()
        .map(|person| line(person, "Zebra Grand Prix"));
    let mut connection = pool.begin().await.unwrap();
    let roster = Roster::read(&mut connection, 2026).await.unwrap();
    assert!(roster.identify(&lines).iter().all(Result::is_err));
    let strangers = UnknownEntrants {
        drivers: vec![0, 1],
        teams: vec!["Zebra Grand Prix"],
    };
    assert_eq!(roster.unknown(&lines), strangers);
    let keys = create(&mut connection, &people, &strangers.teams)
        .await
        .unwrap();
    assert_eq!(keys.last().unwrap(), "zebra-grand-prix");
    assert!(keys[0].starts_with("zed-") && keys[1].starts_with("zoe-"));
    let again = create(&mut connection, &people, &strangers.teams).await;
    assert!(again.unwrap().is_empty(), "they must be created once");
    let roster = Roster::read(&mut connection, 2026).await.unwrap();
    let cars = roster.identify(&lines).into_iter();
    let cars: Vec<(i32, i32)> = cars
        .map(|car| car.map(|(driver, team)| (driver.0, team.0)).unwrap())
        .collect();
    connection.commit().await.unwrap();
    let zebra = number(&pool, TEAM, "zebra-grand-prix").await;
    assert!(cars.iter().all(|car| car.1 == zebra));

    race(&pool, &[cars[0].0, cars[1].0], zebra).await;
    predictions::compute_all(&ctx, |_, _| {}).await.unwrap();
    let before = mentions(&pool, cars[0].0, zebra).await;
    assert!(before.0 == 1 && before.1 > 0, "{before:?}");

    load(&ctx, &full).await.unwrap();
    assert_eq!(number(&pool, DRIVER, &first.key).await, cars[0].0);
    assert_eq!(number(&pool, DRIVER, &second.key).await, cars[1].0);
    assert_eq!(number(&pool, TEAM, &team).await, zebra);
    assert_eq!(mentions(&pool, cars[0].0, zebra).await, before);
    let after = dumped(&pool).await;
    let mut aliases = vec![
        format!("driver,{},{}", keys[0], first.key),
        format!("driver,{},{}", keys[1], second.key),
    ];
    aliases.sort();
    aliases.push(format!("team,zebra-grand-prix,{team}"));
    assert_eq!(section(&after, "key_aliases"), aliases);
    let gaps: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM drivers WHERE nationality IS NULL) + (SELECT count(*) FROM teams WHERE country IS NULL)",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(gaps, 0, "gaps that the release did not fill");

    let twice = load(&ctx, &full).await.unwrap();
    assert_eq!(twice.outcome(), JobOutcome::NothingNew, "{twice:?}");
    assert_eq!(dumped(&pool).await, after);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_provisional_row_beside_that_of_the_release_is_merged_into_it(pool: PgPool) {
    let ctx = context(&pool);
    let full = championship().release();
    load(&ctx, &full).await.unwrap();
    let LineUp { team, drivers } = line_up(&pool).await;
    let real = (
        number(&pool, DRIVER, &drivers[0].key).await,
        number(&pool, TEAM, &team).await,
    );
    let partner = number(&pool, DRIVER, &drivers[1].key).await;

    // A season begins with a team under a new name and a driver whose date of birth was corrected since.
    let mut connection = pool.acquire().await.unwrap();
    let keys = create(
        &mut connection,
        &[newcomer("Zed", &drivers[0])],
        &["Zebra Grand Prix"],
    )
    .await
    .unwrap();
    let zebra = number(&pool, TEAM, "zebra-grand-prix").await;
    let zed = number(&pool, DRIVER, &keys[0]).await;
    withdraw(
        &pool,
        &["practice_results", "qualifying", "grid"],
        &[real.0, partner],
    )
    .await;
    race(&pool, &[zed, partner], zebra).await;
    predictions::compute_all(&ctx, |_, _| {}).await.unwrap();
    let before = mentions(&pool, zed, zebra).await;
    assert!(before.0 == 1 && before.1 > 0, "{before:?}");

    load(&ctx, &full).await.unwrap();
    assert_eq!(mentions(&pool, real.0, real.1).await, before);
    let after = dumped(&pool).await;
    let aliases = [
        format!("driver,{},{}", keys[0], drivers[0].key),
        format!("team,zebra-grand-prix,{team}"),
    ];
    assert_eq!(section(&after, "key_aliases"), aliases);
    let left: i64 =
        sqlx::query_scalar("SELECT (SELECT count(*) FROM drivers WHERE id = $1) + (SELECT count(*) FROM teams WHERE id = $2)")
            .bind(zed)
            .bind(zebra)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(left, 0, "merged rows that were not deleted");
    let sealed = sqlx::query("UPDATE prediction_drivers SET team_id = team_id")
        .execute(&pool)
        .await;
    assert!(sealed.is_err(), "forecasts must be append-only again");

    let twice = load(&ctx, &full).await.unwrap();
    assert_eq!(twice.outcome(), JobOutcome::NothingNew, "{twice:?}");
    assert_eq!(dumped(&pool).await, after);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_forecast_that_names_a_driver_twice_is_kept(pool: PgPool) {
    let ctx = context(&pool);
    let full = championship().release();
    load(&ctx, &full).await.unwrap();
    let LineUp { team, drivers } = line_up(&pool).await;
    let real = number(&pool, DRIVER, &drivers[0].key).await;
    let team = number(&pool, TEAM, &team).await;

    // The driver practised under the real row and qualified under the provisional one. The forecast at `qualifying_order`
    // has both, since the team would lack a car; the one at `official_grid` has only the provisional one.
    let mut connection = pool.acquire().await.unwrap();
    let keys = create(&mut connection, &[newcomer("Zed", &drivers[0])], &[])
        .await
        .unwrap();
    let zed = number(&pool, DRIVER, &keys[0]).await;
    let partner = number(&pool, DRIVER, &drivers[1].key).await;
    withdraw(&pool, &["qualifying", "grid"], &[real, partner]).await;
    withdraw(&pool, &["practice_results"], &[partner]).await;
    race(&pool, &[zed], team).await;
    predictions::compute_all(&ctx, |_, _| {}).await.unwrap();
    assert_eq!(mentions(&pool, zed, team).await, (1, 2));
    assert_eq!(mentions(&pool, real, team).await, (0, 1));

    load(&ctx, &full).await.unwrap();
    assert_eq!(mentions(&pool, zed, team).await, (0, 1));
    assert_eq!(mentions(&pool, real, team).await, (1, 2));
    let twice = load(&ctx, &full).await.unwrap();
    assert_eq!(twice.outcome(), JobOutcome::NothingNew, "{twice:?}");
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_provisional_row_without_references_is_deleted_with_the_next_release(pool: PgPool) {
    let ctx = context(&pool);
    let release = championship().release();
    load(&ctx, &release).await.unwrap();
    let before = dumped(&pool).await;
    let nobody = Known {
        key: String::new(),
        last_name: "Nobody".to_owned(),
        born: "2001-02-03".parse().unwrap(),
    };
    let mut connection = pool.acquire().await.unwrap();
    create(&mut connection, &[newcomer("Zed", &nobody)], &["Zebra"])
        .await
        .unwrap();
    assert_ne!(dumped(&pool).await, before);
    let report = load(&ctx, &release).await.unwrap();
    assert_eq!(report.changes.deleted, 2, "{report:?}");
    assert_eq!(dumped(&pool).await, before);
    let lineages = "SELECT count(*)::int FROM team_lineages WHERE lineage_key::text = $1";
    assert_eq!(number(&pool, lineages, "zebra").await, 0);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_new_team_is_identified_by_its_name_whoever_drives_for_it(pool: PgPool) {
    load(&context(&pool), &championship().release())
        .await
        .unwrap();
    let LineUp { team, drivers } = line_up(&pool).await;
    let mut connection = pool.acquire().await.unwrap();
    let keys = create(&mut connection, &[], &["Zebra"]).await.unwrap();
    let zebra = number(&pool, TEAM, &keys[0]).await;
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT first_name FROM drivers WHERE driver_key::text = ANY ($1) ORDER BY driver_key::text",
    )
    .bind(drivers.iter().map(|driver| driver.key.clone()).collect::<Vec<_>>())
    .fetch_all(&pool)
    .await
    .unwrap();
    let known = [0, 1].map(|place| newcomer(&names[place], &drivers[place]));
    let name: String = sqlx::query_scalar("SELECT name FROM teams WHERE team_key::text = $1")
        .bind(&team)
        .fetch_one(&pool)
        .await
        .unwrap();

    // In a season without entries both drivers come from another team; in a running season one driver changes teams.
    let next = Roster::read(&mut connection, 2027).await.unwrap();
    let cars = next.identify(&known.map(|person| line(&person, "Zebra")));
    assert!(cars.iter().all(|car| car.as_ref().unwrap().1.0 == zebra));
    let running = Roster::read(&mut connection, 2026).await.unwrap();
    let lines = [line(&known[0], &name), line(&known[1], "Zebra")];
    let cars = running.identify(&lines);
    assert_eq!(
        cars[0].as_ref().unwrap().1.0,
        number(&pool, TEAM, &team).await
    );
    assert_eq!(cars[1].as_ref().unwrap().1.0, zebra);
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn odd_names_get_keys_and_empty_names_are_refused(pool: PgPool) {
    let mut connection = pool.acquire().await.unwrap();
    let born: NaiveDate = "2001-02-03".parse().unwrap();
    let long = "Wolfeschlegelsteinhausen".repeat(13);
    let person = |given_name, family_name| ProvisionalDriver {
        given_name,
        family_name,
        date_of_birth: born,
        code: None,
        permanent_number: None,
    };
    let people = [
        person("Jörg", "Öst"),
        person("冠宇", "周"),
        person("德华", "刘"),
        person("A", "Li"),
        person("Max", &long),
        ProvisionalDriver {
            date_of_birth: born.succ_opt().unwrap(),
            ..person("Max", &long)
        },
    ];
    let admitted = create(&mut connection, &people, &["北京", "上海", &long])
        .await
        .unwrap();
    let shortened = format!("max-{}", &long.to_lowercase()[..76]);
    assert_eq!(
        admitted,
        [
            "jorg-ost",
            "driver-2001-02-03",
            "driver-2001-02-03-2",
            "a-li",
            &shortened,
            &format!("{}-2", &shortened[..78]),
            "team",
            "team-2",
            &long.to_lowercase()[..80],
        ]
    );
    let codes: Vec<String> = sqlx::query_scalar("SELECT code::text FROM drivers ORDER BY id")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(codes, ["OST", "XXX", "XXX", "LIA", "WOL", "WOL"]);
    let given = ProvisionalDriver {
        code: Some("VER"),
        ..person("Max", "Öst")
    };
    create(&mut connection, &[given], &[]).await.unwrap();
    assert_eq!(
        number(
            &pool,
            "SELECT count(*)::int FROM drivers WHERE code = $1",
            "VER"
        )
        .await,
        1
    );

    // A former key is not given to another driver or team.
    sqlx::raw_sql("INSERT INTO key_aliases VALUES ('driver', 'max-alias', 1), ('team', 'had', 1)")
        .execute(&pool)
        .await
        .unwrap();
    let second = create(&mut connection, &[person("Max", "Alias")], &["Had"]).await;
    assert_eq!(second.unwrap(), ["max-alias-2", "had-2"]);

    let roster = Roster::read(&mut connection, 2026).await.unwrap();
    let found = roster.identify(&people.map(|person| line(&person, "北京")));
    assert!(found.iter().all(Result::is_ok), "{found:?}");

    for (given, family) in [
        ("", "Öst"),
        ("Jörg", " "),
        ("Jörg", "!?"),
        ("\u{301}", "Öst"),
    ] {
        let error = create(&mut connection, &[person(given, family)], &[]).await;
        let error = format!("{:#}", error.unwrap_err());
        assert!(
            error.contains("has no letter") && error.contains(&format!("{given:?}")),
            "{error}"
        );
    }
    for name in ["", " ", "--"] {
        let error = format!(
            "{:#}",
            create(&mut connection, &[], &[name]).await.unwrap_err()
        );
        assert!(error.contains(&format!("the team {name:?}")), "{error}");
    }
}
