//! `sideman studio`: one line, an answer, an end, and the notes of the command line.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{command, done, folder, refused, sideman};

const CHART: &str = "Gm7 | C7 | F6 | D7";

/// A studio whose takes lie in a folder, and its address.
fn studio(home: &std::path::Path) -> (Child, BufReader<std::process::ChildStdout>, String) {
    let mut ask = command(home, &["studio", "--no-open", "--port", "0"]);
    let mut child =
        ask.env("XDG_DATA_HOME", home).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let address = line.strip_prefix("http://").and_then(|rest| rest.strip_suffix("/\n")).unwrap().to_owned();
    (child, stdout, address)
}

fn asked(address: &str, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    let text = request.replacen('\n', &format!("\r\nhost: {address}\r\nconnection: close\r\n"), 1);
    stream.write_all(text.as_bytes()).unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).unwrap();
    let end = said.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    said.split_off(end)
}

#[test]
fn it_says_its_address_answers_and_ends_when_it_is_asked_to() {
    for signal in ["INT", "TERM"] {
        let home = folder();
        let (mut child, mut stdout, address) = studio(home.path());
        let health = String::from_utf8(asked(&address, "GET /api/health HTTP/1.1\n\r\n")).unwrap();
        assert!(health.contains("\"ok\":true"), "{health}");
        let mut held = TcpStream::connect(&address).unwrap();
        held.write_all(format!("GET / HTTP/1.1\r\nhost: {address}\r\n").as_bytes()).unwrap();
        Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        while child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < end, "it goes on after {signal}");
            std::thread::sleep(Duration::from_millis(10));
        }
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

#[test]
fn a_take_of_the_studio_has_the_notes_of_the_command_line() {
    let home = folder();
    let options = ["--choruses", "1", "--best-of", "2", "--seed", "7", "--density", "80", "--only", "mid"];
    done(&sideman(home.path(), &[&["improvise", CHART][..], &options, &["--out", "out"]].concat()));
    let (mut child, _stdout, address) = studio(home.path());
    let page = String::from_utf8(asked(&address, "GET / HTTP/1.1\n\r\n")).unwrap();
    let token = page.split_once("studio-token\" content=\"").unwrap().1.split('"').next().unwrap();
    let order = format!(
        "{{\"chart\":\"{CHART}\",\"choruses\":1,\"best_of\":2,\"seed\":7,\"wishes\":{{\"density\":80}}}}"
    );
    let head = format!(
        "POST /api/takes HTTP/1.1\norigin: http://{address}\r\nx-studio-token: {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{order}",
        order.len()
    );
    let made = String::from_utf8(asked(&address, &head)).unwrap();
    let id = made.split_once("\"id\":\"").unwrap().1.split('"').next().unwrap();
    let midi = asked(&address, &format!("GET /api/takes/{id}/files/mid HTTP/1.1\n\r\n"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(midi, fs::read(home.path().join("out/solo.mid")).unwrap());
    assert!(home.path().join(format!("sideman/takes/{id}.json")).is_file());
}

#[test]
fn what_it_cannot_open_is_told_and_ends_it() {
    let home = folder();
    fs::write(home.path().join("noise.bin"), [0xff; 100]).unwrap();
    for file in ["missing.txt", "noise.bin"] {
        let said = refused(&sideman(home.path(), &["studio", "--no-open", file]), 1);
        assert!(said.contains(file), "{said}");
    }
}
