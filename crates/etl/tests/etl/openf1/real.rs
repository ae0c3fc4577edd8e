//! Real weekends. Skipped, with a message, unless the shared folder is beside the project.

use etl::sources::{
    lease::UpstreamLease,
    openf1::{self, Availability, Gap, Session},
};
use reqwest::Url;
use schema::{Points, SessionKind};
use sqlx::PgPool;

use super::PATIENT;
use crate::common::{context, replay::Replay};

/// The sessions of a meeting. `OpenF1` publishes all sessions of a season at once.
async fn sessions_of(turn: &mut UpstreamLease, base: &Url, meeting_key: i32) -> Vec<Session> {
    let sessions = openf1::sessions(turn, base, 2024).await.unwrap();
    let mut sessions = sessions.rows().unwrap();
    sessions.retain(|session| session.meeting_key == meeting_key);
    assert_eq!(sessions.len(), 5);
    sessions
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn every_list_of_three_weekends_is_read(pool: PgPool) {
    let Some(replay) = Replay::start(&[]) else {
        return;
    };
    let base = &replay.service("v1");
    let mut turn = UpstreamLease::acquire(&context(&pool), &PATIENT)
        .await
        .unwrap();
    let sessions = openf1::sessions(&mut turn, base, 2024).await.unwrap();
    let sessions = sessions.rows().unwrap();
    assert_eq!(sessions.len(), 24 * 5);
    assert!(!sessions.iter().any(|session| session.cancelled));

    let races = sessions
        .iter()
        .filter(|session| session.kind == SessionKind::Race);
    let meetings: Vec<_> = races
        .map(|race| (race.meeting_key, race.place.country.clone().unwrap()))
        .collect();
    let countries: Vec<_> = meetings[..3].iter().map(|(_, country)| country).collect();
    assert_eq!(countries, ["Bahrain", "Saudi Arabia", "Australia"]);
    for (meeting_key, country) in &meetings[..3] {
        // Melbourne 2024: a chassis was wrecked in first practice, and the team had no spare.
        let late = country == "Australia";
        for session in sessions_of(&mut turn, base, *meeting_key).await {
            let cars = if late && session.kind != SessionKind::Practice1 {
                19
            } else {
                20
            };
            let what = format!("{country} {}", session.kind);
            let result = openf1::session_result(&mut turn, base, session.session_key)
                .await
                .unwrap();
            let result = result.rows().unwrap();
            assert_eq!(result.len(), cars, "{what}");
            let drivers = openf1::drivers(&mut turn, base, session.session_key)
                .await
                .unwrap();
            let drivers = drivers.rows().unwrap();
            let mut numbers: Vec<_> = drivers.iter().map(|driver| &driver.car_number).collect();
            let mut classified: Vec<_> = result.iter().map(|car| &car.car_number).collect();
            numbers.sort();
            classified.sort();
            assert_eq!(numbers, classified, "{what}");
            let timed = result.iter().filter(|car| car.time_ms.is_some()).count();
            let in_segments = result
                .iter()
                .filter(|car| car.segments_ms[0].is_some())
                .count();
            let is_qualifying = session.kind == SessionKind::Qualifying;
            // Only cars on the lead lap have a race time.
            let plausible = match session.kind {
                SessionKind::Qualifying => timed == 0 && in_segments > 17,
                SessionKind::Race => timed > 7 && in_segments == 0,
                _ => timed > 17 && in_segments == 0,
            };
            assert!(plausible, "{what}: {timed} {in_segments}");
            let lapped = result
                .iter()
                .any(|car| matches!(car.gap, Some(Gap::Laps(_))));
            assert_eq!(lapped, session.kind == SessionKind::Race, "{what}");
            assert_eq!(
                result[0].points.is_some(),
                session.kind == SessionKind::Race,
                "{what}"
            );
            let grid = openf1::starting_grid(&mut turn, base, session.session_key)
                .await
                .unwrap();
            assert_eq!(
                grid.rows().map(|grid| grid.len()),
                is_qualifying.then_some(cars),
                "{what}"
            );
        }
    }
}

#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn a_sprint_weekend_is_read_within_the_budget_of_a_minute(pool: PgPool) {
    let Some(replay) = Replay::start(&[]) else {
        return;
    };
    let base = &replay.service("v1");
    let mut turn = UpstreamLease::acquire(&context(&pool), &openf1::RATE_LIMIT)
        .await
        .unwrap();
    let sessions = sessions_of(&mut turn, base, 1233).await;
    let kinds: Vec<_> = sessions.iter().map(|session| session.kind).collect();
    let (shootout, race) = (SessionKind::SprintQualifying, SessionKind::Race);
    let expected = [
        SessionKind::Practice1,
        shootout,
        SessionKind::Sprint,
        SessionKind::Qualifying,
        race,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(sessions[0].place.circuit.as_deref(), Some("Shanghai"));
    for session in &sessions {
        let result = openf1::session_result(&mut turn, base, session.session_key)
            .await
            .unwrap();
        let result = result.rows().unwrap();
        assert_eq!(result.len(), 20, "{}", session.kind);
        let winner = (
            result[0].car_number.as_str(),
            result[0].points,
            result[0].laps,
        );
        match session.kind {
            SessionKind::Sprint => assert_eq!(winner, ("1", Some(Points(800)), Some(19))),
            SessionKind::Race => {
                assert_eq!(winner, ("1", Some(Points(2500)), Some(56)));
                assert_eq!(result[0].time_ms, Some(6_052_554));
                assert_eq!(result[1].gap, Some(Gap::Ms(13_773)));
                assert_eq!(result[16].gap, Some(Gap::Ms(95_110)));
                assert_eq!(result.iter().filter(|car| car.dnf).count(), 3);
            }
            _ => assert_eq!(winner.1, None, "{}", session.kind),
        }
    }
    for (session, pole_ms) in [(&sessions[1], 117_940), (&sessions[3], 93_660)] {
        let grid = openf1::starting_grid(&mut turn, base, session.session_key)
            .await
            .unwrap();
        let grid = grid.rows().unwrap();
        assert_eq!((grid.len(), grid[0].time_ms), (20, Some(pole_ms)));
    }
    let drivers = openf1::drivers(&mut turn, base, sessions[0].session_key)
        .await
        .unwrap();
    let drivers = drivers.rows().unwrap();
    let zhou = drivers
        .iter()
        .find(|driver| driver.code.as_deref() == Some("ZHO"))
        .unwrap();
    assert_eq!(zhou.full_name.as_deref(), Some("ZHOU Guanyu"));
    assert_eq!(zhou.team.as_deref(), Some("Kick Sauber"));
}

/// Shanghai 2024: sprint qualifying 07:30 to 08:14, sprint 03:00 to 04:00 on the next day.
#[sqlx::test(migrator = "schema::MIGRATOR")]
async fn the_api_is_locked_during_a_session_and_publishes_nothing_before_its_end(pool: PgPool) {
    let (practice, sprint_qualifying, sprint, race) = (9663, 9668, 9672, 9673);
    let mut turn = UpstreamLease::acquire(&context(&pool), &PATIENT)
        .await
        .unwrap();
    for (today, locked) in [
        ("2024-04-20T02:45", true),
        ("2024-04-20T03:30", true),
        ("2024-04-19T11:00", false),
    ] {
        let Some(replay) = Replay::start(&["--today", today]) else {
            return;
        };
        let base = &replay.service("v1");
        let result = openf1::session_result(&mut turn, base, practice)
            .await
            .unwrap();
        assert_eq!(result == Availability::Locked, locked, "{today}");
        let sessions = openf1::sessions(&mut turn, base, 2024).await.unwrap();
        assert_eq!(sessions == Availability::Locked, locked, "{today}");
        if locked {
            continue;
        }
        assert_eq!(result.rows().unwrap().len(), 20);
        let grid = openf1::starting_grid(&mut turn, base, sprint_qualifying)
            .await
            .unwrap();
        assert_eq!(grid.rows().unwrap().len(), 20);
        for session_key in [sprint, race] {
            let result = openf1::session_result(&mut turn, base, session_key)
                .await
                .unwrap();
            assert_eq!(result, Availability::Nothing, "{session_key}");
            let drivers = openf1::drivers(&mut turn, base, session_key).await.unwrap();
            assert_eq!(drivers, Availability::Nothing, "{session_key}");
        }
    }
    // Half an hour after sprint qualifying the lock is lifted, but the grid is published two hours after it.
    let Some(replay) = Replay::start(&["--today", "2024-04-19T09:00"]) else {
        return;
    };
    let base = &replay.service("v1");
    let result = openf1::session_result(&mut turn, base, sprint_qualifying)
        .await
        .unwrap();
    assert_eq!(result.rows().unwrap().len(), 20);
    let grid = openf1::starting_grid(&mut turn, base, sprint_qualifying)
        .await
        .unwrap();
    assert_eq!(grid, Availability::Nothing);
}
