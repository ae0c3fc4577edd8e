//! A stand-in for all sources: F1DB's releases as GitHub serves them, over a small championship.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use demo::Championship;
use schema::Clock;

/// A server on a port of its own, as long as the tests run.
pub(crate) struct Upstream {
    pub(crate) url: String,
    pub(crate) tag: String,
}

/// A server that takes connections and says nothing, until this is dropped.
pub(crate) struct Silent {
    pub(crate) url: String,
    _listener: TcpListener,
}

impl Silent {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self {
            url,
            _listener: listener,
        }
    }
}

/// Nobody answers there.
pub(crate) const UNREACHABLE: &str = "http://127.0.0.1:9";

impl Upstream {
    /// One that has a release.
    pub(crate) fn with_release() -> Self {
        let now = Clock::starting_at(None, 1.0).now();
        let release = Championship::small(now).release();
        let file = release.zip().unwrap();
        let path = format!("/f1db/f1db/releases/download/{}/f1db-csv.zip", release.tag);
        let url = serve(move |asked, is_known| {
            if asked == "/f1db/f1db/releases/latest/download/f1db-csv.zip" {
                return (format!("302 Found\r\nLocation: {path}"), Vec::new());
            }
            match (asked == path, is_known) {
                (false, _) => ("404 Not Found".into(), Vec::new()),
                (true, false) => (format!("200 OK\r\nETag: {ETAG}"), file.clone()),
                (true, true) => ("304 Not Modified".into(), Vec::new()),
            }
        });
        let tag = release.tag;
        Self { url, tag }
    }

    /// One that answers, but has nothing.
    pub(crate) fn empty() -> Self {
        Self {
            url: serve(|_, _| ("404 Not Found".into(), Vec::new())),
            tag: String::new(),
        }
    }
}

/// What the server calls the bytes of its release.
const ETAG: &str = "\"release\"";

/// Serves what `answer` gives for a path, asked whether the client has the release already.
fn serve(answer: impl Fn(&str, bool) -> (String, Vec<u8>) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            // Who hangs up early is not our trouble.
            let _ = reply(connection, &answer);
        }
    });
    url
}

fn reply(
    mut connection: TcpStream,
    answer: &impl Fn(&str, bool) -> (String, Vec<u8>),
) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let path = head.split(' ').nth(1).unwrap_or_default();
    let (status, body) = answer(path, head.contains(ETAG));
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    connection.write_all(head.as_bytes())?;
    connection.write_all(&body)
}
