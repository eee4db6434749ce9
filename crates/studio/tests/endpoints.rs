//! Each call of the page, as `docs/studio.md` has it.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;

use client::{Client, studio, studio_with};
use serde_json::{Value, json};
use sideman_formats::{midi, musicxml};
use sideman_music::Solo;
use sideman_session::{Lead, Request, Soloist, Source, Take};
use sideman_studio::OpenedFile;

const CHART: &str = "title: Test Tune\nkey: F\ntempo: 160\nGm7 | C7 | F6 | D7 | Gm7 | C7 | F6 | %";

fn order() -> Value {
    json!({ "chart": CHART, "choruses": 1, "best_of": 2, "seed": 5 })
}

fn made(client: &Client, order: &Value) -> Value {
    let answer = client.post("/api/takes", order.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The same with the front door alone.
fn expected() -> Take {
    let sheet = Source::typed(CHART).unwrap().value.chart().unwrap();
    let request = Request { candidates: 2, ..Request::chorus(Request::default().instrument) };
    Take::new(&Soloist::shipped().unwrap(), &sheet, &request, &Default::default(), 5).unwrap()
}

#[test]
fn everything_that_can_be_chosen_is_told() {
    let own = OpenedFile { name: "own.txt".into(), bytes: b"title: Mine\nAm7 | D7".to_vec() };
    let options = studio_with(vec![own]).get("/api/options").json();
    let has = |list: &str, name: &str| options[list].as_array().unwrap().iter().any(|own| own == name);
    assert!(has("instruments", "trumpet") && has("performers", "Charlie Parker") && has("bands", "duo"));
    assert!(has("chords", "vibraphone") && !has("chords", "trumpet"));
    assert_eq!(
        (&options["charts"][0]["title"], &options["charts"][0]["kind"]),
        (&json!("Mine"), &json!("yours"))
    );
    assert_eq!(options["defaults"]["instrument"], "tenor sax");
}

#[test]
fn a_chart_is_engraved_and_its_errors_have_bars() {
    let client = studio();
    let view = |text: &str, key: Value| {
        client.post("/api/chart", json!({ "text": text, "key": key }).to_string().as_bytes()).json()
    };
    let good = view(CHART, json!("Eb"));
    assert_eq!((&good["key"], &good["bars"], &good["tempo"]), (&json!("Eb major"), &json!(8), &json!(160)));
    let svg = good["svg"].as_str().unwrap();
    assert!((0..8).all(|bar| svg.contains(&format!("id=\"b{bar}\""))) && good["problems"] == json!([]));
    let wrong = view("Dm7 | G7 | Xmaj7 | C", Value::Null);
    assert_eq!(wrong["problems"][0]["bar"], 2, "{wrong}");
    let odd = view("Dm7 | Cpetrushka", Value::Null);
    assert!(odd["svg"].is_string() && odd["problems"][0]["bar"] == 1, "{odd}");
    assert_eq!(view("", Value::Null)["svg"], Value::Null);
}

#[test]
fn files_of_any_format_give_charts() {
    let client = studio();
    let take = expected();
    for (name, bytes) in [("a.mid", take.midi()), ("a.musicxml", take.musicxml(Default::default()).value)] {
        let read = client.change("POST", &format!("/api/files?name={name}"), &bytes).json();
        let chart = &read["charts"][0];
        assert!(chart["melody"] == true && chart["text"].as_str().unwrap().contains("Gm7"), "{name}: {read}");
    }
}

#[test]
fn a_take_is_that_of_the_front_door_and_comes_back() {
    let client = studio();
    let take = made(&client, &order());
    let expected = expected();
    let id = take["id"].as_str().unwrap();
    let at = |path: &str| client.get(&format!("/api/takes/{id}{path}"));
    assert_eq!(at("/files/mid").body, expected.midi());
    let map = serde_json::to_string(&expected.time_map()).unwrap();
    assert!(take["map"] == serde_json::from_str::<Value>(&map).unwrap(), "another time map");
    assert_eq!(take["parts"], json!(["tenor sax", "piano", "bass", "drums"]));
    assert_eq!(at("").json(), take);
    assert_eq!(client.get("/api/takes").json()[0]["id"], take["id"]);
    let read =
        Lead::read(Source::read(&at("/files/mid").body, "a.mid").unwrap().value, "a.mid").unwrap().value;
    let written = |solo: &Solo| -> Vec<_> {
        solo.notes().iter().map(|note| (note.onset, note.duration, note.pitch())).collect()
    };
    assert_eq!(written(&read.line(expected.sheet()).unwrap()), written(expected.solo()));
    assert!(midi::read(&at("/files/mid?tempo=90").body).unwrap().value.tempos.changes()[0].1.to_bpm() == 90);
    let xml = musicxml::read(&at("/files/musicxml").body).unwrap().remove(0);
    assert_eq!(xml.solo.unwrap().notes().len(), expected.solo().notes().len());
    for (kind, magic) in [("wav", &b"RIFF"[..]), ("mp3", b"ID3"), ("flac", b"fLaC"), ("pdf?part=Eb", b"%PDF")]
    {
        let file = at(&format!("/files/{kind}"));
        assert!(file.body.starts_with(magic), "{kind}");
        let name = file.header("content-disposition").unwrap();
        assert!(name.contains("filename=\"test-tune-5"), "{name}");
    }
    assert_eq!(client.change("DELETE", &format!("/api/takes/{id}"), b"").status, 204);
    assert_eq!(at("").status, 404);
}

#[test]
fn the_page_has_the_ids_of_the_time_map() {
    let client = studio();
    let take = made(&client, &order());
    let svg = client.get(&format!("/api/takes/{}/score?part=Bb", take["id"].as_str().unwrap())).text();
    for (i, note) in take["map"]["notes"].as_array().unwrap().iter().enumerate() {
        assert_eq!(svg.matches(&format!("id=\"n{i}\"")).count(), 1, "{note}");
    }
    for i in 0..take["map"]["bars"].as_array().unwrap().len() {
        assert_eq!(svg.matches(&format!("id=\"b{i}\"")).count(), 1, "bar {i}");
    }
}

#[test]
fn stems_are_streamed_and_silent_where_the_part_is() {
    let client = studio();
    let take = made(&client, &order());
    let id = take["id"].as_str().unwrap();
    let loudest = |bytes: &[u8]| {
        bytes.chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]]).unsigned_abs()).max().unwrap()
    };
    for part in 0..4 {
        let stem = client.get(&format!("/api/takes/{id}/stems/{part}"));
        let frames: usize = stem.header("x-frames").unwrap().parse().unwrap();
        assert_eq!(stem.body.len(), 4 * frames);
        let peak = loudest(&stem.body);
        assert!((2_000..32_767).contains(&peak), "part {part}: {peak}");
    }
    assert_eq!(client.get(&format!("/api/takes/{id}/stems/4")).status, 404);
    let slow = client.get(&format!("/api/takes/{id}/stems/2?tempo=80")).body.len();
    let usual = client.get(&format!("/api/takes/{id}/stems/2")).body.len();
    assert!(slow > usual * 3 / 2, "{slow} {usual}");
    let phrase = client.get(&format!("/api/takes/{id}/notes/3/sound?pitch=70")).body;
    assert!(phrase.len() < usual / 2 && loudest(&phrase) > 2_000);
}

#[test]
fn a_note_is_explained() {
    let client = studio();
    let take = made(&client, &order());
    let id = take["id"].as_str().unwrap();
    let note = client.get(&format!("/api/takes/{id}/notes/2")).json();
    assert_eq!(note["note"]["pitch"], take["map"]["notes"][2]["name"]);
    let likely = note["likely"].as_array().unwrap();
    let share = |i: usize| likely[i]["probability"].as_f64().unwrap();
    assert!(likely.len() == 6 && share(0) >= share(5) && share(0) <= 1.0, "{note}");
    assert_eq!(client.get(&format!("/api/takes/{id}/notes/9999")).status, 404);
}

#[test]
fn bars_are_played_again_and_the_others_stay() {
    let client = studio();
    let take = made(&client, &order());
    let again = format!("/api/takes/{}/again", take["id"].as_str().unwrap());
    let answer = client.post(&again, br#"{"bars": ["5-6"], "seed": 77}"#);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let pitches = |take: &Value, inside: bool| {
        let notes = take["map"]["notes"].as_array().unwrap().iter();
        let here = notes.filter(|note| (4..6).contains(&note["bar"].as_i64().unwrap()) == inside);
        here.map(|note| (note["bar"].clone(), note["pitch"].clone())).collect::<Vec<_>>()
    };
    let second = answer.json();
    assert_eq!(pitches(&take, false), pitches(&second, false));
    assert_ne!(pitches(&take, true), pitches(&second, true));
    assert_ne!(take["id"], second["id"]);
}
