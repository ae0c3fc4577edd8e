//! The limit to the time that one answer takes.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread,
    time::Instant,
};

use super::*;

/// The address of a server whose one answer trickles without end: a byte every ten milliseconds.
fn trickling() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // An answer before the question is an error of its own: read to the empty line that ends the request.
        let mut request = BufReader::new(stream.try_clone().unwrap()).lines();
        while request.next().is_some_and(|line| !line.unwrap().is_empty()) {}
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
        stream.write_all(head).unwrap();
        while stream.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_millis(10));
        }
    });
    format!("http://{address}/").parse().unwrap()
}

#[tokio::test]
async fn an_answer_that_trickles_is_cut_off_at_the_limit() {
    let limit = Duration::from_millis(300);
    let http = Http::limited(Duration::from_millis(1), limit).unwrap();
    let url = trickling();
    let begun = Instant::now();
    let response = http.get_once(&url, HeaderMap::new()).await.unwrap();
    let error = response.bytes().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    let took = begun.elapsed();
    assert!(took >= limit, "{took:?}");
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(Error::unreachable(&url, &error).is_transient());
}

#[test]
fn the_limit_is_five_minutes() {
    assert_eq!(SLOWEST, Duration::from_mins(5));
}
