//! F1DB: releases, one before a season and one after each race.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::{Service, clock, faults::Answer, server::Desk};

const FILE: &str = "f1db-csv.zip";

/// A release as it is downloaded.
#[derive(Clone)]
pub(super) struct Packed {
    etag: String,
    zip: Arc<[u8]>,
}

/// A release that has come out.
struct Published {
    at: DateTime<Utc>,
    year: i16,
    round: i16,
}

impl Published {
    fn tag(&self) -> String {
        format!("v{}.{}.0", self.year, self.round)
    }
}

/// Answers below the repository.
pub(super) fn answer(desk: &mut Desk, path: &str, headers: &HeaderMap) -> Answer {
    let published = published(desk);
    let segments: Vec<&str> = path.split('/').collect();
    match segments.as_slice() {
        ["releases", "latest", "download", FILE] => {
            let Some(newest) = published.last() else {
                return Answer::html(StatusCode::NOT_FOUND);
            };
            let target = format!("/f1db/f1db/releases/download/{}/{FILE}", newest.tag());
            Answer::redirect(StatusCode::FOUND, target)
        }
        ["releases", "download", tag, FILE] => {
            let Some(release) = published.iter().find(|release| release.tag() == *tag) else {
                return Answer::html(StatusCode::NOT_FOUND);
            };
            download(&packed(desk, release), headers)
        }
        _ => Answer::html(StatusCode::NOT_FOUND),
    }
}

/// The releases that are out, the newest last.
fn published(desk: &mut Desk) -> Vec<Published> {
    let told = desk.told();
    let world = desk.world(Service::F1db, told);
    let mut published: Vec<Published> = Vec::new();
    for race in world.races() {
        let before = Published {
            at: clock::released_before(race.year),
            year: race.year,
            round: 0,
        };
        if published.iter().all(|known| known.year != race.year) {
            published.push(before);
        }
        let at = clock::released(race.start());
        if at <= told && !race.cancelled {
            // As it was numbered then.
            let then = desk.world(Service::F1db, at);
            published.push(Published {
                at,
                year: race.year,
                round: then.race(race.id).round,
            });
        }
    }
    published.retain(|release| release.at <= told);
    published.sort_by_key(|release| release.at);
    published
}

fn packed(desk: &mut Desk, published: &Published) -> Packed {
    if let Some(packed) = desk.releases.get(&published.tag()) {
        return packed.clone();
    }
    let world = desk.world(Service::F1db, published.at);
    let round = u16::try_from(published.round).unwrap();
    let release = world.release().after(i32::from(published.year), round);
    let zip = release.zip().unwrap();
    let digest = Sha256::digest(&zip);
    let etag = digest[..8].iter().map(|byte| format!("{byte:02x}"));
    let packed = Packed {
        etag: format!("\"{}\"", etag.collect::<String>()),
        zip: zip.into(),
    };
    desk.releases.insert(published.tag(), packed.clone());
    packed
}

fn download(packed: &Packed, headers: &HeaderMap) -> Answer {
    let asked = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let mut answer = Answer {
        status: StatusCode::OK,
        headers: vec![(header::ETAG, packed.etag.clone())],
        body: Vec::new(),
    };
    if asked(header::IF_NONE_MATCH) == Some(&packed.etag) {
        answer.status = StatusCode::NOT_MODIFIED;
        return answer;
    }
    let size = packed.zip.len();
    let from = asked(header::RANGE)
        .filter(|_| asked(header::IF_RANGE) == Some(&packed.etag))
        .and_then(|range| {
            range
                .strip_prefix("bytes=")?
                .strip_suffix('-')?
                .parse()
                .ok()
        })
        .filter(|from: &usize| *from < size);
    if let Some(from) = from {
        answer.status = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {from}-{}/{size}", size - 1);
        answer.headers.push((header::CONTENT_RANGE, range));
    }
    answer.body = packed.zip[from.unwrap_or(0)..].to_vec();
    answer
}
