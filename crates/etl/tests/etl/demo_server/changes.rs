//! Changes after a first publication, and lists that are never published.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use etl::sources::{
    f1db::{self, Archive, Download},
    jolpica,
    openf1::{self, Availability},
};
use schema::{Points, ResultStatus, SessionKind, Upstream};
use sqlx::PgPool;

use super::{Row, Season, number, rows};
use crate::common;

/// The newest release of the server, unpacked.
pub(crate) async fn newest(season: &Season, pool: &PgPool) -> demo::Release {
    let http = common::context(pool).http;
    let fetched = f1db::fetch(&http, &season.base(Upstream::F1db), None)
        .await
        .unwrap();
    let Download::New(release) = fetched else {
        panic!("a release must be new without an etag");
    };
    Archive::open(&release.bytes)
        .unwrap()
        .sheet("races")
        .unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(release.bytes)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).unwrap();
        let mut csv = String::new();
        std::io::Read::read_to_string(&mut file, &mut csv).unwrap();
        files.insert(file.name().unwrap().into_owned(), csv);
    }
    let tag = release.tag;
    demo::Release { tag, files }
}

/// When the release after a round comes out.
pub(crate) fn released(season: &Season, round: i16) -> DateTime<Utc> {
    season
        .upstream
        .start_of(season.year, round, SessionKind::Race)
        + TimeDelta::hours(4)
}

/// The rows of a file about a round of 2026.
pub(crate) fn of_round(release: &demo::Release, file: &str, round: i16) -> Vec<Row> {
    let mut rows = rows(release, file);
    rows.retain(|row| row["year"] == "2026" && row["round"] == round.to_string());
    rows
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_disqualification_moves_the_cars_behind_up(pool: PgPool) {
    let mut season = Season::new(&pool, 2026).await;
    let base = season.base(Upstream::Jolpica);
    let planned = season.rows("races-race-results", 2);
    let (winner, second) = (
        planned[0]["driverId"].clone(),
        planned[1]["driverId"].clone(),
    );
    let decided = released(&season, 2) + TimeDelta::hours(20);
    season.upstream.disqualify(decided, 2026, 2, &winner);

    season.upstream.set_now(decided - TimeDelta::seconds(1));
    let before = jolpica::results(&mut season.turn, &base, 2026, Some(2))
        .await
        .unwrap();
    assert_eq!(before[0].rows[0].driver.id.replace('_', "-"), winner);
    let points = async |season: &mut Season| -> BTreeMap<String, Points> {
        let base = season.base(Upstream::Jolpica);
        let table = jolpica::driver_standings(&mut season.turn, &base, 2026, 2)
            .await
            .unwrap();
        let lines = table.into_iter();
        lines
            .map(|line| (line.subject.driver.id.replace('_', "-"), line.points))
            .collect()
    };
    let points_before = points(&mut season).await;

    season.upstream.set_now(decided);
    let after = jolpica::results(&mut season.turn, &base, 2026, Some(2))
        .await
        .unwrap();
    let cars = &after[0].rows;
    assert_eq!(cars.len(), planned.len());
    assert_eq!(cars[0].driver.id.replace('_', "-"), second);
    assert_eq!(
        (cars[0].position, cars[0].points, cars[0].gap_ms),
        (Some(1), Points(2500), None)
    );
    let out = cars
        .iter()
        .find(|car| car.driver.id.replace('_', "-") == winner)
        .unwrap();
    assert_eq!(
        (out.status, out.position, out.points),
        (ResultStatus::Disqualified, None, Points(0))
    );
    let classified =
        |rows: &[jolpica::CarResult]| rows.iter().filter(|car| car.is_classified()).count();
    assert_eq!(classified(cars), classified(&before[0].rows) - 1);
    let points_after = points(&mut season).await;
    let lost = points_before[&winner].0 - points_after.get(&winner).map_or(0, |points| points.0);
    assert_eq!(lost, 2500);
    assert_eq!(points_after[&second].0 - points_before[&second].0, 700);

    let out_now = newest(&season, &pool).await;
    assert_eq!(
        of_round(&out_now, "races-race-results", 2),
        planned,
        "the newest release is older than the disqualification"
    );
    season.upstream.set_now(released(&season, 3));
    let next = newest(&season, &pool).await;
    assert_eq!(next.tag, "v2026.3.0");
    let corrected = of_round(&next, "races-race-results", 2);
    assert_eq!(corrected[0]["driverId"], second);
    let gap = number::<i64>(&planned[2], "timeMillis").unwrap()
        - number::<i64>(&planned[1], "timeMillis").unwrap();
    assert_eq!(number(&corrected[1], "gapMillis"), Some(gap));
    let out = corrected
        .iter()
        .find(|row| row["driverId"] == winner)
        .unwrap();
    assert_eq!(
        (out["positionText"].as_str(), out["points"].as_str()),
        ("DSQ", "")
    );
    common::load(&common::context(&pool), &next).await.unwrap();
}

/// Recomputed standings equal those of the simulation.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_change_without_consequences_changes_no_standings(pool: PgPool) {
    let season = Season::new(&pool, 2026).await;
    let start = season.upstream.start_of(2026, 4, SessionKind::Practice1);
    season
        .upstream
        .postpone(start - TimeDelta::days(3), 2026, 4, TimeDelta::hours(1));
    season.upstream.set_now(start + TimeDelta::days(5));
    let published = newest(&season, &pool).await;
    let planned = season.complete.after(2026, 4);
    for (file, csv) in &planned.files {
        if file.contains("standings") {
            let lines = |csv: &str| csv.lines().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(lines(&published.files[file]), lines(csv), "{file}");
        } else if file != "f1db-races.csv" {
            assert_eq!(&published.files[file], csv, "{file}");
        }
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_hidden_session_is_never_published(pool: PgPool) {
    let mut season = Season::new(&pool, 2026).await;
    season
        .upstream
        .hide(Upstream::Openf1, 2026, 4, SessionKind::SprintQualifying);
    let out = season.upstream.end_of(2026, 4, SessionKind::Race) + TimeDelta::days(1);
    season.upstream.set_now(out);
    let base = season.base(Upstream::Openf1);
    let sessions = openf1::sessions(&mut season.turn, &base, 2026)
        .await
        .unwrap();
    for session in sessions.rows().unwrap() {
        let key = session.session_key;
        let result = openf1::session_result(&mut season.turn, &base, key)
            .await
            .unwrap();
        let grid = openf1::starting_grid(&mut season.turn, &base, key)
            .await
            .unwrap();
        let is_hidden = session.kind == SessionKind::SprintQualifying;
        assert_eq!(
            result == Availability::Nothing,
            is_hidden,
            "{}",
            session.kind
        );
        let has_grid = session.kind == SessionKind::Qualifying;
        assert_eq!(grid == Availability::Nothing, !has_grid, "{}", session.kind);
    }
    let release = newest(&season, &pool).await;
    assert!(
        release.files == season.complete.after(2026, 4).files,
        "the other upstreams publish it"
    );
}
