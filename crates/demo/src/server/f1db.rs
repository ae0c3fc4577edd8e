//! F1DB: a release before each season and one after each race.

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode, header};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use vocabulary::Upstream;

use super::{answer::Answer, state::State, timetable};

const FILE: &str = "f1db-csv.zip";

/// The archive of a release.
#[derive(Clone)]
pub(crate) struct Archive {
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

/// Answers a request below the repository's address.
pub(crate) fn answer(state: &mut State, path: &str, headers: &HeaderMap) -> Answer {
    let published = published(state);
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
            download(&archive(state, release), headers)
        }
        _ => Answer::html(StatusCode::NOT_FOUND),
    }
}

/// The releases that have come out, the newest last.
fn published(state: &mut State) -> Vec<Published> {
    let now = state.answers_as_of();
    let scenario = state.scenario(Upstream::F1db, now);
    let mut published: Vec<Published> = Vec::new();
    for race in scenario.races() {
        let before = Published {
            at: timetable::released_before(race.year),
            year: race.year,
            round: 0,
        };
        if published.iter().all(|known| known.year != race.year) {
            published.push(before);
        }
        let at = timetable::released_after(race.start());
        if at <= now && !race.cancelled {
            // The round as it was numbered at that time.
            let then = state.scenario(Upstream::F1db, at);
            published.push(Published {
                at,
                year: race.year,
                round: then.race(race.id).round,
            });
        }
    }
    published.retain(|release| release.at <= now);
    published.sort_by_key(|release| release.at);
    published
}

fn archive(state: &mut State, published: &Published) -> Archive {
    if let Some(archive) = state.releases.get(&published.tag()) {
        return archive.clone();
    }
    let scenario = state.scenario(Upstream::F1db, published.at);
    let release = scenario.release().after(published.year, published.round);
    let zip = release.zip().unwrap();
    let digest = Sha256::digest(&zip);
    let etag = digest[..8].iter().map(|byte| format!("{byte:02x}"));
    let archive = Archive {
        etag: format!("\"{}\"", etag.collect::<String>()),
        zip: zip.into(),
    };
    state.releases.insert(published.tag(), archive.clone());
    archive
}

/// Answers a download, which may ask for a newer archive only, or for the rest of one.
fn download(archive: &Archive, headers: &HeaderMap) -> Answer {
    let requested = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let mut answer = Answer {
        status: StatusCode::OK,
        headers: vec![(header::ETAG, archive.etag.clone())],
        body: Vec::new(),
    };
    if requested(header::IF_NONE_MATCH) == Some(&archive.etag) {
        answer.status = StatusCode::NOT_MODIFIED;
        return answer;
    }
    let size = archive.zip.len();
    let from = requested(header::RANGE)
        .filter(|_| requested(header::IF_RANGE) == Some(&archive.etag))
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
    answer.body = archive.zip[from.unwrap_or(0)..].to_vec();
    answer
}
