//! What a hostile neighbour may send: everything is refused or bounded, and the studio plays on.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use client::{Client, studio};

const JSON: &str = "content-type: application/json";

#[test]
fn the_page_comes_with_a_token_and_a_policy() {
    let client = studio();
    let page = client.get("/");
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options").as_deref(), Some("nosniff"));
    assert!(!page.text().contains("{{token}}"));
    for file in ["studio.js", "studio.css", "views/play.js", "icon.svg"] {
        assert_eq!(client.get(&format!("/page/{file}")).status, 200, "{file}");
    }
    assert!(client.get("/api/health").text().contains("\"ok\":true"));
}

#[test]
fn hosts_sites_origins_and_tokens_are_checked() {
    let client = studio();
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", ""] {
        assert_eq!(client.raw(&format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n")).status, 403, "{host}");
    }
    assert!([400, 403].contains(&client.raw("GET / HTTP/1.1\r\n\r\n").status));
    assert_eq!(client.send("GET", "/api/takes", &["sec-fetch-site: cross-site"], b"").status, 403);
    let own = format!("origin: {}", client.origin());
    let token = format!("x-studio-token: {}", client.token);
    let body = br#"{"text": "C"}"#;
    for (headers, status) in [
        (vec![JSON], 403),
        (vec![JSON, &token], 403),
        (vec![JSON, &own], 403),
        (vec![JSON, &own, "x-studio-token: 0"], 403),
        (vec![JSON, "origin: http://evil.example", &token], 403),
        (vec![JSON, "origin: null", &token], 403),
        (vec![JSON, &own, &own, &token], 403),
        (vec![JSON, &own, &token], 200),
    ] {
        assert_eq!(client.send("POST", "/api/chart", &headers, body).status, status, "{headers:?}");
    }
    assert_eq!(client.send("DELETE", "/api/takes/1", &[&own], b"").status, 403);
}

#[test]
fn nothing_leads_to_the_file_system() {
    let client = studio();
    for path in [
        "/page/../Cargo.toml",
        "/page/%2e%2e/Cargo.toml",
        "/page/..%2f..%2fetc/passwd",
        "/page//etc/passwd",
        "/page/",
        "/etc/passwd",
        "/api/takes/..%2f..%2fetc%2fpasswd",
        "/api/takes/%00",
        "/api/takes/1.json",
        "/api/takes/",
        "/api/takes/-1/score",
        "/api/takes/1/files/..%2fmid",
        "/api/takes/1/stems/99999999999999999999",
        "/api/jobs/x/events",
        "/page/studio.js%00",
        "/page/STUDIO.JS",
        "/.git/config",
        "/api",
        "/api/jobs/7/events",
        "/page/index.html",
    ] {
        let status = client.get(path).status;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
}

#[test]
fn what_is_too_large_or_no_sense_is_refused() {
    let client = studio();
    let large = vec![b' '; 600 << 10];
    assert_eq!(client.post("/api/chart", &large).status, 413);
    assert_eq!(client.change("POST", "/api/files?name=x", &vec![0; 33 << 20]).status, 413);
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{\"text\": 5}",
        "{\"text\": \"C\", \"path\": \"/\"}",
        "\u{0}",
        "{\"text\": \"\\ud800\"}",
    ] {
        let status = client.post("/api/chart", body.as_bytes()).status;
        assert!((400..500).contains(&status), "{body}: {status}");
    }
    for body in [
        r#"{"choruses": 0}"#,
        r#"{"choruses": 70000}"#,
        r#"{"tempo": 1}"#,
        r#"{"seed": -1}"#,
        r#"{"seed": 1e99}"#,
        r#"{"instrument": "kazoo"}"#,
        r#"{"wishes": {"density": 101}}"#,
        r#"{"chart": "|||"}"#,
        r#"{"like": "Nobody At All"}"#,
        r#"{"best_of": 64}"#,
        r#"{"again": {"bars": ["900-901"], "notes": []}}"#,
        r#"{"rules": {"longest_rest": "1/0"}}"#,
    ] {
        let answer = client.post("/api/takes", body.as_bytes());
        assert!((400..500).contains(&answer.status), "{body}: {} {}", answer.status, answer.text());
    }
    for bytes in [&b""[..], b"MThd", b"PK\x03\x04", b"<score-partwise>", &[0xff; 1000]] {
        let status = client.change("POST", "/api/files?name=x.mid", bytes).status;
        assert!((400..500).contains(&status), "{status}");
    }
    let raw = |text: &str| client.raw(text).status;
    let host = client.host();
    assert!(raw("NONSENSE\r\n\r\n") >= 400);
    assert!(raw(&format!("GET /{} HTTP/1.1\r\nhost: {host}\r\n\r\n", "a".repeat(100_000))) >= 400);
    assert!(raw(&format!("TRACE / HTTP/1.1\r\nhost: {host}\r\n\r\n")) >= 400);
    assert_eq!(client.get("/api/health").status, 200);
}

#[test]
fn slow_and_many_connections_are_bounded_and_a_take_is_played_all_the_same() {
    let client = studio();
    let slow = |text: String| {
        let mut stream = TcpStream::connect(client.address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    let (host, own) = (client.host(), client.origin());
    let head = slow(format!("GET / HTTP/1.1\r\nhost: {host}\r\nx-a"));
    let body = slow(format!(
        "POST /api/chart HTTP/1.1\r\nhost: {host}\r\norigin: {own}\r\nx-studio-token: {}\r\ncontent-length: 100\r\n\r\n{{",
        client.token
    ));
    let open: Vec<TcpStream> = (0..1000).filter_map(|_| TcpStream::connect(client.address).ok()).collect();
    for mut stream in [head, body] {
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut said = Vec::new();
        let ended = stream.read_to_end(&mut said);
        assert!(ended.is_ok(), "still open: {ended:?}");
        let said = String::from_utf8_lossy(&said);
        assert!(said.is_empty() || said.starts_with("HTTP/1.1 4"), "{said}");
    }
    drop(open);
    let made = client.post("/api/takes", br#"{"chart": "Dm7 | G7 | C6 | %", "choruses": 1, "best_of": 1}"#);
    assert_eq!(made.status, 200, "{}", made.text());
    let id = made.json()["id"].as_str().unwrap().to_owned();
    assert!(client.get(&format!("/api/takes/{id}/stems/0")).body.len() > 100_000);
}

/// Every refusal is an answer that the page can show.
#[test]
fn refusals_say_why() {
    let client = studio();
    for answer in [
        client.get("/nothing"),
        client.get("/api/takes/1"),
        client.post("/api/takes", br#"{"instrument": "kazoo"}"#),
    ] {
        assert!(answer.json()["error"].as_str().is_some_and(|words| words.len() > 5), "{}", answer.text());
    }
    let _: &Client = &client;
}
