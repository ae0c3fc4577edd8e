//! The identities of Jolpica-F1's drivers and teams, checked against a table in the shared folder.

use std::{collections::HashMap, fs, path::PathBuf};

use etl::{
    identity::roster::{ListedCar, ListedDriver, Roster},
    jobs::load,
    sources::{f1db::Release, jolpica, jolpica::RATE_LIMIT as JOLPICA, lease::UpstreamLease},
};
use sqlx::PgPool;

use crate::common::{self, replay::Replay};

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_driver_and_team_since_2014_is_identified(pool: PgPool) {
    let Some(replay) = Replay::start(&[]) else {
        return;
    };
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/upstream/f1db");
    let release = Release {
        tag: "v2025.24.0".to_owned(),
        url: "test:".to_owned(),
        etag: None,
        bytes: fs::read(shared.join("f1db-csv.zip")).unwrap(),
    };
    let ctx = common::context(&pool);
    load::load_release(&ctx, "f1db", &release).await.unwrap();
    let facts = fs::read_to_string(shared.join("jolpica-ids.csv")).unwrap();
    let expected = |kind: &str, id: &str, year: i16| -> Vec<String> {
        let rows = facts
            .lines()
            .map(|line| line.split(',').collect::<Vec<_>>());
        rows.filter(|row| row[0] == kind && row[2] == id)
            .filter(|row| (row[3].parse().unwrap()..=row[4].parse().unwrap()).contains(&year))
            .map(|row| row[1].to_owned())
            .collect()
    };
    let keys: HashMap<(String, i32), String> = sqlx::query_as::<_, (String, i32, String)>(
        "SELECT 'driver', id, driver_key::text FROM drivers UNION ALL SELECT 'constructor', id, team_key::text FROM teams",
    )
    .fetch_all(&pool)
    .await
    .unwrap()
    .into_iter()
    .map(|(kind, id, key)| ((kind, id), key))
    .collect();

    let base = replay.service("ergast/f1");
    let mut turn = UpstreamLease::acquire(&ctx, &JOLPICA).await.unwrap();
    let mut compared = 0;
    for year in 2014..=2025 {
        let roster = Roster::read(&mut pool.acquire().await.unwrap(), year)
            .await
            .unwrap();
        let rounds = jolpica::results(&mut turn, &base, year, None).await;
        for round in rounds.unwrap() {
            let lines: Vec<ListedCar<'_>> = round
                .rows
                .iter()
                .map(|row| ListedCar {
                    driver: ListedDriver {
                        given_name: &row.driver.given_name,
                        family_name: &row.driver.family_name,
                        date_of_birth: row.driver.date_of_birth,
                    },
                    team: &row.constructor.name,
                })
                .collect();
            for (row, car) in round.rows.iter().zip(roster.identify(&lines)) {
                let (driver, team) = car.unwrap();
                let driver = &keys[&("driver".to_owned(), driver.0)];
                let team = &keys[&("constructor".to_owned(), team.0)];
                let about = format!("{year} round {}: {row:?}", round.round);
                assert!(
                    expected("driver", &row.driver.id, year).contains(driver),
                    "{driver}, {about}"
                );
                assert!(
                    expected("constructor", &row.constructor.id, year).contains(team),
                    "{team}, {about}"
                );
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 5105);
}
