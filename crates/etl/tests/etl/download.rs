//! The download of a release: redirects, an unchanged release, a cut connection, an upstream that is down.

use std::time::Duration;

use etl::sources::{
    f1db::{Download, fetch},
    http::{Error, Http},
};
use reqwest::Url;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, header_exists, path},
};

use crate::common;

const LATEST: &str = "/f1db/f1db/releases/latest/download/f1db-csv.zip";
const TAGGED: &str = "/f1db/f1db/releases/download/v2026.3.0/f1db-csv.zip";

async fn server() -> (MockServer, Url, Http) {
    let server = MockServer::start().await;
    let moved = ResponseTemplate::new(302).insert_header("location", TAGGED);
    Mock::given(path(LATEST))
        .respond_with(moved)
        .mount(&server)
        .await;
    let base = format!("{}/f1db/f1db", server.uri()).parse().unwrap();
    (
        server,
        base,
        Http::pausing(Duration::from_millis(1)).unwrap(),
    )
}

fn zip() -> Vec<u8> {
    common::championship().release().zip().unwrap()
}

#[tokio::test]
async fn the_tag_is_read_from_the_redirect() {
    let (server, base, http) = server().await;
    let file = ResponseTemplate::new(200)
        .insert_header("etag", "\"one\"")
        .set_body_bytes(zip());
    Mock::given(path(TAGGED))
        .respond_with(file)
        .mount(&server)
        .await;
    let Download::New(release) = fetch(&http, &base, None).await.unwrap() else {
        panic!("not new")
    };
    assert_eq!(
        (release.tag.as_str(), release.etag.as_deref()),
        ("v2026.3.0", Some("\"one\""))
    );
    assert_eq!(release.bytes, zip());
}

#[tokio::test]
async fn an_unchanged_release_is_not_read_again() {
    let (server, base, http) = server().await;
    let unchanged = Mock::given(path(TAGGED))
        .and(header("if-none-match", "\"one\""))
        .respond_with(ResponseTemplate::new(304));
    unchanged.expect(1).mount(&server).await;
    assert!(matches!(
        fetch(&http, &base, Some("\"one\"")).await.unwrap(),
        Download::Unchanged
    ));
}

#[tokio::test]
async fn a_busy_server_is_asked_again_until_the_last_attempt_fails() {
    let (server, base, http) = server().await;
    let busy = ResponseTemplate::new(503).insert_header("retry-after", "0");
    Mock::given(path(TAGGED))
        .respond_with(busy)
        .up_to_n_times(3)
        .mount(&server)
        .await;
    let html = ResponseTemplate::new(200).set_body_string("<html>maintenance</html>");
    Mock::given(path(TAGGED))
        .respond_with(html)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let file = ResponseTemplate::new(200).set_body_bytes(zip());
    Mock::given(path(TAGGED))
        .respond_with(file)
        .mount(&server)
        .await;
    assert!(matches!(
        fetch(&http, &base, None).await.unwrap(),
        Download::New(_)
    ));

    let (server, base, http) = self::server().await;
    Mock::given(path(TAGGED))
        .respond_with(ResponseTemplate::new(502))
        .expect(6)
        .mount(&server)
        .await;
    let error = fetch(&http, &base, None).await.unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error}");
    assert!(
        error.to_string().contains(TAGGED) && error.to_string().contains("502"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refusal_is_not_asked_twice() {
    let (server, base, http) = server().await;
    Mock::given(path(TAGGED))
        .respond_with(ResponseTemplate::new(404))
        .expect(1)
        .mount(&server)
        .await;
    assert!(matches!(
        fetch(&http, &base, None).await.unwrap_err(),
        Error::Refused { .. }
    ));
    let nowhere = "http://127.0.0.1:9/f1db/f1db".parse().unwrap();
    assert!(matches!(
        fetch(&http, &nowhere, None).await.unwrap_err(),
        Error::Unreachable { .. }
    ));
}

#[tokio::test]
async fn an_interrupted_download_is_resumed() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base: Url = format!("http://{}/f1db/f1db", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    let whole = zip();
    let half = whole.len() / 2;
    let served = whole.clone();
    let server = tokio::spawn(async move {
        let mut ranges = Vec::new();
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let read = socket.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..read]).to_lowercase();
            let range = request
                .lines()
                .find_map(|line| line.strip_prefix("range: bytes=").map(str::to_owned));
            let close = "connection: close";
            if request.starts_with(&format!("get {LATEST}")) {
                let answer = format!(
                    "HTTP/1.1 302 Found\r\nlocation: {TAGGED}\r\ncontent-length: 0\r\n{close}\r\n\r\n"
                );
                socket.write_all(answer.as_bytes()).await.unwrap();
            } else if let Some(range) = range {
                ranges.push(range);
                let rest = &served[half..];
                let answer = format!(
                    "HTTP/1.1 206 Partial Content\r\netag: \"one\"\r\ncontent-range: bytes {half}-{}/{}\r\ncontent-length: {}\r\n{close}\r\n\r\n",
                    served.len() - 1,
                    served.len(),
                    rest.len()
                );
                socket.write_all(answer.as_bytes()).await.unwrap();
                socket.write_all(rest).await.unwrap();
                return ranges;
            } else {
                // Promises the whole file and cuts the connection in the middle.
                let answer = format!(
                    "HTTP/1.1 200 OK\r\netag: \"one\"\r\ncontent-length: {}\r\n{close}\r\n\r\n",
                    served.len()
                );
                socket.write_all(answer.as_bytes()).await.unwrap();
                socket.write_all(&served[..half]).await.unwrap();
            }
        }
    });
    let http = Http::pausing(Duration::from_millis(1)).unwrap();
    let Download::New(release) = fetch(&http, &base, None).await.unwrap() else {
        panic!("not new")
    };
    assert_eq!(release.bytes, whole);
    assert_eq!(server.await.unwrap(), [format!("{half}-")]);
}

#[tokio::test]
async fn a_download_of_a_changed_file_starts_over() {
    let (server, base, http) = server().await;
    let whole = zip();
    let half = whole.len() / 2;
    let cut = ResponseTemplate::new(200)
        .insert_header("etag", "\"one\"")
        .set_body_bytes(whole[..half].to_vec());
    Mock::given(path(TAGGED))
        .respond_with(cut)
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let other = ResponseTemplate::new(200)
        .insert_header("etag", "\"two\"")
        .set_body_bytes(whole.clone());
    Mock::given(path(TAGGED))
        .respond_with(other)
        .mount(&server)
        .await;
    Mock::given(header_exists("range"))
        .respond_with(ResponseTemplate::new(416))
        .mount(&server)
        .await;
    let Download::New(release) = fetch(&http, &base, None).await.unwrap() else {
        panic!("not new")
    };
    assert_eq!(
        (release.bytes, release.etag.as_deref()),
        (whole, Some("\"two\""))
    );
}
