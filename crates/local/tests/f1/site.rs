//! `f1 up` as visitors see it.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use chrono::TimeDelta;
use demo::{Championship, server::UpstreamServer};
use rustix::process::Signal;
use schema::SessionKind;

use crate::{
    harness::{Running, Scratch, wait_for},
    upstream::{Silent, UNREACHABLE, Upstream},
};

/// The status line and the body of a response.
fn get(url: &str) -> (String, String) {
    let (host, path) = url.trim_start_matches("http://").split_once('/').unwrap();
    let mut connection = TcpStream::connect(host).unwrap();
    write!(connection, "GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

/// Waits until the API reports that the database is filled, and returns its status.
fn wait_until_filled(up: &mut Running) -> String {
    let (_, api) = up.urls();
    let mut status = String::new();
    wait_for("the end of the filling", || {
        up.assert_runs();
        status = get(&format!("{api}/v1/status")).1;
        // The forecasts come last.
        status.contains(r#""job":"forecast_all""#) && status.contains(r#""loading":false"#)
    });
    status
}

#[test]
fn the_demo_is_filled_and_served() {
    let scratch = Scratch::new();
    for _ in ["fresh", "again"] {
        let mut up = scratch.up();
        let (web, api) = up.urls();
        assert!(get(&format!("{api}/health/ready")).0.contains("200"));
        let status = wait_until_filled(&mut up);
        assert!(status.contains(r#""demo":true"#), "{status}");
        assert!(!status.contains(r#""live_predictions":0"#), "{status}");
        let (line, body) = get(&format!("{web}/"));
        assert!(line.contains("200"), "{line}: {body}");
        up.send(Signal::INT);
        assert!(up.end().success(), "{}", up.stderr());
        assert_eq!(up.stdout().lines().count(), 1, "{}", up.stdout());
        scratch.assert_nothing_runs();
    }
}

#[test]
fn a_passed_demo_season_is_simulated_again() {
    let scratch = Scratch::new();
    for year in ["2024", "2031", "2027"] {
        let mut command = scratch.f1("--demo --web 127.0.0.1:0 --api 127.0.0.1:0");
        command.env("F1_NOW", format!("{year}-06-15T12:00:00Z"));
        let mut up = scratch.start(command);
        up.wait_for_line();
        let status = wait_until_filled(&mut up);
        for part in [
            format!(r#""last_season":{year},"#),
            format!(r#""now":"{year}-06-15T12:"#),
        ] {
            assert!(status.contains(&part), "{part} is not in: {status}");
        }
    }
}

#[test]
fn without_a_source_an_empty_database_shows_the_demo() {
    let scratch = Scratch::new();
    let mut up = scratch.up_from(UNREACHABLE);
    let log = up.stderr();
    for part in [UNREACHABLE, "demo", "--upstream", "F1DB_URL", "next start"] {
        assert!(log.contains(part), "{part} is not in: {log}");
    }
    let status = wait_until_filled(&mut up);
    assert!(status.contains(r#""demo":true"#), "{status}");
    up.send(Signal::TERM);
    assert!(up.end().success(), "{}", up.stderr());

    // The next start tries again.
    let upstream = Upstream::with_release();
    let mut up = scratch.up_from(&upstream.url);
    let status = wait_until_filled(&mut up);
    assert!(status.contains(r#""demo":false"#), "{status}");
}

#[test]
fn a_silent_source_is_not_waited_for() {
    let scratch = Scratch::new();
    let silent = Silent::new();
    let up = scratch.up_from(&silent.url);
    let log = up.stderr();
    for part in [silent.url.as_str(), "within 3 seconds", "demo"] {
        assert!(log.contains(part), "{part} is not in: {log}");
    }
}

#[test]
fn a_release_is_loaded_once_and_served_without_its_source() {
    let scratch = Scratch::new();
    let upstream = Upstream::with_release();
    for message in [format!("release {} (", upstream.tag), "unchanged".into()] {
        let mut up = scratch.up_from(&upstream.url);
        let status = wait_until_filled(&mut up);
        for part in [r#""demo":false"#, &upstream.tag] {
            assert!(status.contains(part), "{part} is not in: {status}");
        }
        wait_for("the message of the load", || up.stderr().contains(&message));
        // This upstream has a release and nothing else.
        wait_for("a warning of the calendar", || {
            up.stderr().contains("f1: warning: sync_schedule")
        });
        up.assert_runs();
        up.send(Signal::INT);
        assert!(up.end().success(), "{}", up.stderr());
    }

    let mut up = scratch.up_from(UNREACHABLE);
    let (_, api) = up.urls();
    wait_for("a warning", || up.stderr().contains("warning: no answer"));
    let status = get(&format!("{api}/v1/status")).1;
    assert!(status.contains(r#""demo":false"#), "{status}");
    up.assert_runs();
}

#[test]
fn a_race_newer_than_the_release_is_shown() {
    let scratch = Scratch::new();
    let before = "2026-02-10T12:00:00Z".parse().unwrap();
    let championship = Championship::small(before + TimeDelta::days(120));
    let upstream = UpstreamServer::start(&championship, before);
    let after = upstream.end_of(2026, 1, SessionKind::Race) + TimeDelta::minutes(40);
    upstream.set_now(after);
    let mut command = scratch.f1("--web 127.0.0.1:0 --api 127.0.0.1:0 --upstream");
    command
        .arg(upstream.url())
        .env("F1_NOW", after.to_rfc3339());
    let mut up = scratch.start(command);
    up.wait_for_line();
    let (web, api) = up.urls();
    wait_for("the message of the newer data", || {
        up.assert_runs();
        up.stderr().contains("jobs brought something new")
    });
    let log = up.stderr();
    let forecasts = log.find("f1: forecasting").unwrap();
    assert!(forecasts < log.find("f1: asking for").unwrap(), "{log}");
    assert!(!log.contains("warning"), "{log}");

    let race = "seasons/2026/races/1";
    let (_, results) = get(&format!("{api}/v1/{race}/results"));
    let results: serde_json::Value = serde_json::from_str(&results).unwrap();
    assert_eq!(results["results"].as_array().unwrap().len(), 10);
    let winner = results["results"][0]["driver"]["key"].as_str().unwrap();
    let page = get(&format!("{web}/{race}")).1;
    let result = page.split("id=\"result\"").nth(1).unwrap_or_default();
    assert!(result.contains(winner), "{winner}");
    let (_, status) = get(&format!("{api}/v1/status"));
    assert!(status.contains("v2026.0.0"), "{status}");
}

#[test]
fn a_source_that_fails_does_not_end_the_site() {
    let scratch = Scratch::new();
    let upstream = Upstream::empty();
    let mut up = scratch.up_from(&upstream.url);
    let (_, api) = up.urls();
    wait_for("a warning", || up.stderr().contains("warning"));
    let log = up.stderr();
    for part in [upstream.url.as_str(), "404"] {
        assert!(log.contains(part), "{part} is not in: {log}");
    }
    up.assert_runs();
    assert!(get(&format!("{api}/health/ready")).0.contains("200"));
}

#[test]
fn an_interrupted_filling_is_completed_at_the_next_start() {
    let scratch = Scratch::new();
    let mut up = scratch.up();
    wait_for("the filling", || up.stderr().contains("simulating"));
    up.send(Signal::INT);
    assert!(up.end().success(), "{}", up.stderr());
    scratch.assert_nothing_runs();
    assert!(!up.stderr().contains("warning"), "{}", up.stderr());

    let mut up = scratch.up();
    let status = wait_until_filled(&mut up);
    assert!(!status.contains(r#""races_completed":0"#), "{status}");
}
