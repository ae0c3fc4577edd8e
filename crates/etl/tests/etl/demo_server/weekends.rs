//! Weekends that are cancelled or postponed.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use demo::server::LaterRounds;
use etl::sources::{
    jolpica,
    openf1::{self, Availability},
};
use schema::{SessionKind, Upstream};
use sqlx::PgPool;

use super::{
    Season,
    changes::{newest, of_round, released},
    rows,
};
use crate::common;

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_cancelled_weekend_is_removed(pool: PgPool) {
    for later in [LaterRounds::Kept, LaterRounds::Renumbered] {
        let mut season = Season::new(&pool, 2026).await;
        let base = season.base(Upstream::Jolpica);
        let planned = jolpica::calendar(&mut season.turn, &base, 2026)
            .await
            .unwrap();
        let decided =
            season.upstream.start_of(2026, 3, SessionKind::Qualifying) - TimeDelta::hours(1);
        season.upstream.cancel(decided, 2026, 3, later);
        season.upstream.set_now(decided - TimeDelta::seconds(1));
        let before = jolpica::calendar(&mut season.turn, &base, 2026)
            .await
            .unwrap();
        assert_eq!(before, planned);
        season.upstream.set_now(decided);
        let races = jolpica::calendar(&mut season.turn, &base, 2026)
            .await
            .unwrap();
        let last = if later == LaterRounds::Kept { 4 } else { 3 };
        let rounds: Vec<_> = races
            .iter()
            .map(|race| (race.round, race.name.as_str()))
            .collect();
        let names = planned
            .iter()
            .map(|race| race.name.as_str())
            .collect::<Vec<_>>();
        assert_eq!(rounds, [(1, names[0]), (2, names[1]), (last, names[3])]);

        let end = season.upstream.end_of(2026, 4, SessionKind::Race) + TimeDelta::days(1);
        season.upstream.set_now(end);
        let results = jolpica::results(&mut season.turn, &base, 2026, None)
            .await
            .unwrap();
        let rounds: Vec<_> = results.iter().map(|round| round.round).collect();
        assert_eq!(rounds, [1, 2, last]);
        let release = newest(&season, &pool).await;
        assert_eq!(release.tag, format!("v2026.{last}.0"));
        assert_eq!(rows(&release, "races").len(), 7);
        assert_eq!(of_round(&release, "races-race-results", last).len(), 10);
        common::load(&common::context(&pool), &release)
            .await
            .unwrap();

        let base = season.base(Upstream::Openf1);
        let sessions = openf1::sessions(&mut season.turn, &base, 2026)
            .await
            .unwrap();
        let sessions = sessions.rows().unwrap();
        let races = sessions
            .iter()
            .filter(|session| session.kind == SessionKind::Race);
        let cancelled: Vec<_> = races.map(|session| session.cancelled).collect();
        assert_eq!(cancelled, [false, false, true, false]);
        for session in sessions {
            if session.cancelled {
                let result = openf1::session_result(&mut season.turn, &base, session.session_key);
                let is_published = result.await.unwrap() != Availability::Nothing;
                assert_eq!(is_published, session.ends_at <= decided, "{}", session.kind);
            }
        }
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_postponed_weekend_gets_a_later_round(pool: PgPool) {
    let mut season = Season::new(&pool, 2026).await;
    let base = season.base(Upstream::Jolpica);
    let planned = jolpica::calendar(&mut season.turn, &base, 2026)
        .await
        .unwrap();
    let decided = season.upstream.start_of(2026, 3, SessionKind::Practice1) - TimeDelta::days(2);
    let by = planned[3].date - planned[2].date + TimeDelta::weeks(1);
    season.upstream.postpone(decided, 2026, 3, by);
    season.upstream.set_now(decided);
    let races = jolpica::calendar(&mut season.turn, &base, 2026)
        .await
        .unwrap();
    let order: Vec<_> = races.iter().map(|race| (race.round, &race.name)).collect();
    assert_eq!(order[2..], [(3, &planned[3].name), (4, &planned[2].name)]);
    assert_eq!(races[3].date, planned[2].date + by);
    assert_eq!(
        season.upstream.start_of(2026, 3, SessionKind::Race),
        races[3].starts_at.unwrap()
    );

    // The original fourth round is held as the third.
    season.upstream.set_now(released(&season, 4));
    let release = newest(&season, &pool).await;
    assert_eq!(release.tag, "v2026.3.0");
    let results = of_round(&release, "races-race-results", 3);
    assert_eq!(
        results[0]["driverId"],
        season.rows("races-race-results", 4)[0]["driverId"]
    );
    season.upstream.set_now(released(&season, 3));
    let release = newest(&season, &pool).await;
    assert_eq!(release.tag, "v2026.4.0");
    common::load(&common::context(&pool), &release)
        .await
        .unwrap();
    let final_points = |release| {
        let table = rows(release, "seasons-driver-standings").into_iter();
        let table = table.filter(|row| row["year"] == "2026");
        table
            .map(|row| (row["driverId"].clone(), row["points"].clone()))
            .collect::<BTreeMap<_, _>>()
    };
    assert_eq!(final_points(&release), final_points(&season.complete));
}
