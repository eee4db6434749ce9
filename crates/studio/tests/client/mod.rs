//! A studio on a port of its own, and a client without manners.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

use sideman_band::synth::SoundFont;
use sideman_session::Soloist;
use sideman_studio::{OpenedFile, Setup, serve};

/// A studio and what its page knows.
pub(crate) struct Client {
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
}

/// What was answered.
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: String,
    pub(crate) body: Vec<u8>,
}

/// A studio that keeps its takes in memory; its thread ends with the test.
pub(crate) fn studio() -> Client {
    studio_with(Vec::new())
}

pub(crate) fn studio_with(files: Vec<OpenedFile>) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let shelf = Box::new(Mutex::new(BTreeMap::new()));
    let setup = Setup {
        shelf,
        font: Box::new(|| Ok(SoundFont::built_in())),
        clock: Box::new(|| UNIX_EPOCH.elapsed().unwrap_or_default()),
        model: Soloist::shipped_bytes(),
        files,
    };
    std::thread::spawn(move || serve(listener, setup));
    let mut client = Client { address, token: String::new() };
    let page = client.get("/").text();
    let token = page.split_once("studio-token\" content=\"").unwrap().1.split('"').next().unwrap();
    client.token = token.to_owned();
    client
}

impl Client {
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"")
    }

    /// JSON with everything that a change needs.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Reply {
        self.change("POST", path, body)
    }

    pub(crate) fn change(&self, method: &str, path: &str, body: &[u8]) -> Reply {
        let (origin, token) =
            (format!("origin: {}", self.origin()), format!("x-studio-token: {}", self.token));
        self.send(method, path, &["content-type: application/json", &origin, &token], body)
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Reply {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let (host, length) = (self.host(), body.len());
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        self.bytes(&[head.as_bytes(), body].concat())
    }

    pub(crate) fn raw(&self, text: &str) -> Reply {
        self.bytes(text.replacen("\r\n\r\n", "\r\nconnection: close\r\n\r\n", 1).as_bytes())
    }

    fn bytes(&self, bytes: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
        // A server that has refused a body reads no more of it.
        let _ = stream.write_all(bytes);
        let mut said = Vec::new();
        let _ = stream.read_to_end(&mut said);
        let end = said.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(said.len());
        let headers = String::from_utf8_lossy(&said[..end]).to_lowercase();
        let status = headers.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let body = said.get(end + 4..).unwrap_or_default().to_vec();
        let chunked = headers.contains("transfer-encoding: chunked");
        Reply { status, headers, body: if chunked { joined(&body) } else { body } }
    }
}

/// The body of its chunks.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&chunks[..end]).unwrap(), 16).unwrap();
        body.extend(&chunks[end + 2..end + 2 + size]);
        chunks = &chunks[end + 4 + size..];
        if size == 0 {
            break;
        }
    }
    body
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let line = self.headers.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.map(str::to_owned)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}
