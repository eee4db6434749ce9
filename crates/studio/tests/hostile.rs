//! Two hundred requests that nobody with good intentions sends: each is refused, and the studio plays on.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;

use client::{Client, studio};

/// Calls that change something.
const CHANGES: [(&str, &str); 14] = [
    ("POST", "/api/chart"),
    ("POST", "/api/files?name=x.mid"),
    ("POST", "/api/takes"),
    ("DELETE", "/api/takes/1"),
    ("POST", "/api/takes/1/again"),
    ("POST", "/api/takes/1/practise"),
    ("POST", "/api/learn"),
    ("POST", "/api/adapt"),
    ("POST", "/api/lessons?name=x.mid"),
    ("POST", "/api/lessons/1/practise"),
    ("POST", "/api/judge"),
    ("POST", "/api/trials"),
    ("POST", "/api/trades"),
    ("DELETE", "/api/jobs/1"),
];
/// Calls that read JSON.
const JSON: [&str; 10] = [
    "/api/chart",
    "/api/takes",
    "/api/takes/1/again",
    "/api/takes/1/practise",
    "/api/learn",
    "/api/adapt",
    "/api/judge",
    "/api/trials",
    "/api/trades",
    "/api/trades/1/notes",
];
/// What is no JSON, or not the one that is read.
const NONSENSE: [&str; 6] = ["", "{", "[[[[[[[[", "{\"a\":", "\u{0}", "{\"no such field\": {}}"];
const HOSTS: [&str; 12] = [
    "evil.example",
    "127.0.0.1",
    "127.0.0.1:1",
    "localhost",
    "localhost.evil.example",
    "evil.example#127.0.0.1",
    "[::1]",
    "0.0.0.0",
    "127.1",
    "2130706433",
    "127.0.0.1.nip.example",
    "",
];
const ORIGINS: [&str; 8] = [
    "null",
    "http://evil.example",
    "https://127.0.0.1",
    "http://127.0.0.1",
    "http://localhost.evil.example",
    "file://",
    "http://127.0.0.1:1",
    "",
];
const SITES: [&str; 3] = ["cross-site", "same-site", "nonsense"];
/// Ways to `/etc/passwd` and other places where nobody shall get.
const PATHS: [&str; 30] = [
    "/../../etc/passwd",
    "/page/../../../../etc/passwd",
    "/page/%2e%2e/%2e%2e/etc/passwd",
    "/page/..%2f..%2f..%2fetc%2fpasswd",
    "/page/....//....//etc/passwd",
    "/page/..\\..\\etc\\passwd",
    "/page/..%5c..%5cetc%5cpasswd",
    "/page/%252e%252e%252fetc%252fpasswd",
    "/page/%c0%ae%c0%ae/etc/passwd",
    "/page//etc/passwd",
    "/page/studio.js%00.css",
    "/page/studio.js/../../Cargo.toml",
    "/page/file:///etc/passwd",
    "/page/C:/Windows/win.ini",
    "/page/.",
    "/page/..",
    "/api/takes/..%2f..%2fetc%2fpasswd",
    "/api/takes/%2e%2e/score",
    "/api/takes/1/files/..%2f..%2fetc%2fpasswd",
    "/api/takes/1/stems/-1",
    "/api/takes/1/stems/18446744073709551616",
    "/api/takes/1/notes/NaN",
    "/api/models/..%2f..%2fetc%2fpasswd/step?at=0",
    "/api/models/0000000000000000/step?at=-1",
    "/api/jobs/-1/events",
    "/api/jobs/99999999999999999999/events",
    "/api/trials/1/0/stems/0",
    "/api/trades/1/turns/0/sound",
    "//evil.example/api/health",
    "/.git/config",
];
/// Orders that no take can be made of.
const ORDERS: [&str; 26] = [
    r#"{"choruses": 0}"#,
    r#"{"choruses": 65535}"#,
    r#"{"choruses": -1}"#,
    r#"{"best_of": 0}"#,
    r#"{"best_of": 255}"#,
    r#"{"tempo": 0}"#,
    r#"{"tempo": 65535}"#,
    r#"{"seed": 4294967296}"#,
    r#"{"seed": "1; rm"}"#,
    r#"{"instrument": "../../etc/passwd"}"#,
    r#"{"like": "'; drop table takes"}"#,
    r#"{"key": "H"}"#,
    r#"{"model": "../../etc/passwd"}"#,
    r#"{"model": "0000000000000000"}"#,
    r#"{"chart": "|||"}"#,
    r#"{"chart": "/etc/passwd"}"#,
    r#"{"band": {"players": "orchestra"}}"#,
    r#"{"band": {"swing": "1e308"}}"#,
    r#"{"band": {"chords": "kazoo"}}"#,
    r#"{"wishes": {"density": 255}}"#,
    r#"{"rules": {"range": "C9..C0"}}"#,
    r#"{"rules": {"longest_rest": "1/0"}}"#,
    r#"{"rules": {"targets": ["99999999999=C"]}}"#,
    r#"{"again": {"bars": ["0-0"], "notes": []}}"#,
    r#"{"again": {"bars": ["1"], "notes": [["0", "-1", [60], null, null]]}}"#,
    r#"{"practice": {"keys": "X Y Z", "notes": [["1e9", "1", [255], 0, ""]]}}"#,
];
/// What is no HTTP.
const NO_HTTP: [&str; 10] = [
    "\r\n\r\n",
    "GET\r\n\r\n",
    "GET /\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "GET / HTTP/1.1\r\nhost\r\n\r\n",
    "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
    "POST /api/chart HTTP/1.1\r\nhost: a\r\ncontent-length: -5\r\n\r\n",
    "POST /api/chart HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    "POST /api/chart HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
];

/// A request in words, and the status that it was answered with.
type Tried = (String, u16);

fn without_leave(client: &Client) -> Vec<Tried> {
    let own = format!("origin: {}", client.origin());
    let token = format!("x-studio-token: {}", client.token);
    let mut tried = Vec::new();
    for (method, path) in CHANGES {
        for headers in [vec![], vec![own.as_str()], vec![token.as_str()], vec![&own, "x-studio-token: 00"]] {
            tried.push((
                format!("{method} {path} {headers:?}"),
                client.send(method, path, &headers, b"{}").status,
            ));
        }
    }
    for host in HOSTS {
        tried.push((
            format!("host {host}"),
            client.raw(&format!("GET / HTTP/1.1\r\nhost: {host}\r\n\r\n")).status,
        ));
    }
    for origin in ORIGINS {
        let origin = format!("origin: {origin}");
        let headers = ["content-type: application/json", &origin, &token];
        tried
            .push((origin.clone(), client.send("POST", "/api/chart", &headers, b"{\"text\": \"C\"}").status));
    }
    for site in SITES {
        let site = format!("sec-fetch-site: {site}");
        tried.push((site.clone(), client.send("GET", "/api/takes", &[&site], b"").status));
    }
    tried
}

fn without_sense(client: &Client) -> Vec<Tried> {
    let mut tried: Vec<Tried> = PATHS.map(|path| (path.to_owned(), client.get(path).status)).to_vec();
    for path in JSON {
        tried.extend(
            NONSENSE.map(|body| (format!("{path} {body:?}"), client.post(path, body.as_bytes()).status)),
        );
    }
    tried.extend(ORDERS.map(|order| (order.to_owned(), client.post("/api/takes", order.as_bytes()).status)));
    tried.extend(NO_HTTP.map(|text| (format!("{text:?}"), client.raw(text).status)));
    for path in JSON {
        tried.push((format!("{path}, large"), client.post(path, &vec![b' '; 513 << 10]).status));
    }
    let deep = "[".repeat(100_000);
    tried.push(("deep".into(), client.post("/api/takes", deep.as_bytes()).status));
    for method in ["PUT", "PATCH", "TRACE", "OPTIONS", "CONNECT"] {
        tried.push((method.into(), client.change(method, "/api/takes", b"{}").status));
    }
    tried
}

#[test]
fn two_hundred_hostile_requests_are_refused_and_a_take_is_played() {
    let client = studio();
    let tried = [without_leave(&client), without_sense(&client)].concat();
    assert!(tried.len() >= 200, "{} requests", tried.len());
    // An empty answer is a connection that was closed.
    let wrong: Vec<&Tried> =
        tried.iter().filter(|(_, status)| *status != 0 && !(400..500).contains(status)).collect();
    assert!(wrong.is_empty(), "of {} requests these were let through: {wrong:#?}", tried.len());
    for path in PATHS {
        assert!(!client.get(path).text().contains("root:"), "{path} leads to a file");
    }
    let made = client.post("/api/takes", br#"{"chart": "Dm7 | G7 | C6 | %", "choruses": 1, "best_of": 1}"#);
    assert_eq!(made.status, 200, "{}", made.text());
    assert!(client.get("/api/health").text().contains("\"ok\":true"));
}
