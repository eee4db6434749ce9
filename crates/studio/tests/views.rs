//! The calls of Learn, Judge, Practise and Trade.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod client;

use client::{Client, studio};
use serde_json::{Value, json};

const CHART: &str = "title: Test Tune\nkey: F\ntempo: 240\nGm7 | C7 | F6 | D7 | Gm7 | C7 | F6 | %";

fn posted(client: &Client, path: &str, body: &Value) -> Value {
    let answer = client.post(path, body.to_string().as_bytes());
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

/// All that a job tells.
fn told(client: &Client, job: &Value) -> Vec<Value> {
    let events = client.get(&format!("/api/jobs/{job}/events")).text();
    let data = events.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|json| serde_json::from_str(json).unwrap()).collect()
}

/// A take that is kept.
fn take(client: &Client) -> String {
    let order = json!({ "chart": CHART, "choruses": 1, "best_of": 1 });
    posted(client, "/api/takes", &order)["id"].as_str().unwrap().to_owned()
}

#[test]
fn the_classic_is_heard_while_it_learns() {
    let client = studio();
    let job = posted(&client, "/api/learn", &json!({ "epochs": 2 }))["job"].clone();
    let events = told(&client, &job);
    let named = |name: &str| events.iter().filter(|event| event["event"] == name).collect::<Vec<_>>();
    assert_eq!(
        [named("start").len(), named("epoch").len(), named("stage").len(), named("done").len()],
        [1, 2, 2, 1]
    );
    let start = &named("start")[0]["data"];
    assert_eq!((&start["vocabulary"], start["layers"].as_array().unwrap().len()), (&json!(90), 2));
    let done = &named("done")[0]["data"];
    assert_eq!((&done["unigram"], &done["bigram"]), (&start["unigram"], &start["bigram"]));
    let cells = &named("cells")[0]["data"];
    assert_eq!(
        (cells["cells"].as_array().unwrap().len(), cells["cells"][0].as_array().unwrap().len()),
        (30, 64)
    );
    for stage in named("stage") {
        let take = client.get(&format!("/api/takes/{}", stage["data"]["take"].as_str().unwrap())).json();
        assert_eq!(take["order"]["model"], stage["data"]["model"]);
    }
    let model = done["model"].as_str().unwrap();
    assert!(client.get("/api/models").json().as_array().unwrap().iter().any(|line| line["id"] == model));
    let step = client.get(&format!("/api/models/{model}/step?at=3")).json();
    let number = |value: &Value| value.as_f64().unwrap();
    let gate = |nth: usize| number(&step["gates"][nth][7]);
    let c = gate(1) * number(&step["before"][7]) + gate(0) * gate(2);
    assert!((c - number(&step["c"][7])).abs() < 1e-5, "{step}");
    let all: f64 = step["probabilities"].as_array().unwrap().iter().map(number).sum();
    assert!((all - 1.0).abs() < 1e-4);
    assert_eq!(client.get(&format!("/api/models/{model}/step?at=99999")).status, 404);
    assert_eq!(client.get("/api/models/..%2fx/step?at=0").status, 404);
}

#[test]
fn a_training_ends_when_it_is_asked_to() {
    let client = studio();
    let job = posted(&client, "/api/learn", &json!({ "epochs": 400 }))["job"].clone();
    assert_eq!(client.change("DELETE", &format!("/api/jobs/{job}"), b"").status, 204);
    assert_eq!(told(&client, &job).last().unwrap()["event"], "cancelled");
    assert_eq!(client.post("/api/learn", br#"{"epochs": 0}"#).status, 422);
    assert_eq!(client.post("/api/learn", br#"{"lessons": [77]}"#).status, 404);
}

#[test]
fn a_file_is_looked_at_put_right_and_learned_from() {
    let client = studio();
    let midi = client.get(&format!("/api/takes/{}/files/mid", take(&client))).body;
    let read = |query: &str| client.change("POST", &format!("/api/lessons?name=a.mid{query}"), &midi);
    let found = read("").json();
    assert!(
        found["parts"].as_array().unwrap().len() >= 4 && found["pieces"][0]["notes"].as_u64().unwrap() > 10,
        "{found}"
    );
    let other = read("&melody=3&bars=1-4").json();
    assert_ne!(other["pieces"], found["pieces"]);
    assert_eq!(read("&bars=nonsense").status, 422);
    let learn = json!({ "epochs": 1, "lessons": [found["id"]] });
    let events = told(&client, &posted(&client, "/api/learn", &learn)["job"]);
    assert_eq!(events.last().unwrap()["event"], "done", "{events:?}");
    let judged = posted(&client, "/api/judge", &json!({ "lessons": [found["id"]] }));
    assert_eq!(judged["solos"].as_array().unwrap().len(), 1);
}

#[test]
fn the_player_goes_on_learning_and_plays() {
    let client = studio();
    let midi = client.get(&format!("/api/takes/{}/files/mid", take(&client))).body;
    let lesson = client.change("POST", "/api/lessons?name=a.mid", &midi).json()["id"].clone();
    let adapt = |epochs: u16| json!({ "epochs": epochs, "seed": 1, "lessons": [lesson] }).to_string();
    let job = client.post("/api/adapt", adapt(1).as_bytes()).json()["job"].clone();
    let done = told(&client, &job).pop().unwrap();
    assert_eq!(done["event"], "done", "{done}");
    let take = client.get(&format!("/api/takes/{}", done["data"]["take"].as_str().unwrap())).json();
    assert_eq!(take["order"]["model"], done["data"]["model"]);
    assert_eq!(client.post("/api/adapt", adapt(41).as_bytes()).status, 422);
    let job = client.post("/api/adapt", adapt(40).as_bytes()).json()["job"].clone();
    assert_eq!(client.change("DELETE", &format!("/api/jobs/{job}"), b"").status, 204);
    assert_eq!(told(&client, &job).last().unwrap()["event"], "cancelled");
}

#[test]
fn a_written_tune_is_practised_with() {
    let client = studio();
    let tune = b"X:1\nT:Scale\nM:4/4\nL:1/4\nK:C\n\"C\"CDEF|\"G7\"GABc|\"C\"cBAG|\"G7\"FEDC|\n";
    let lesson = client.change("POST", "/api/lessons?name=scale.abc", tune).json()["id"].clone();
    let practice = json!({ "practice": { "keys": "C Eb", "muted": [] }, "tempo": 160, "count_in": true });
    let made = posted(&client, &format!("/api/lessons/{lesson}/practise"), &practice);
    assert_eq!(made["passes"], json!([["C", 160], ["Eb", 160]]));
    let pitches = made["map"]["notes"].as_array().unwrap().iter().map(|note| note["pitch"].as_i64().unwrap());
    let pitches: Vec<i64> = pitches.collect();
    assert_eq!((pitches.len(), pitches[16] - pitches[0]), (32, 3));
    assert_eq!(client.post("/api/lessons/99/practise", practice.to_string().as_bytes()).status, 404);
}

#[test]
fn a_take_is_laid_beside_real_solos() {
    let client = studio();
    let id = take(&client);
    let judged = posted(&client, "/api/judge", &json!({ "takes": [id] }));
    let rows = judged["report"]["rows"].as_array().unwrap();
    assert!(rows.len() > 10 && rows.iter().all(|row| row["beside"]["band"].is_array()), "{judged}");
    assert_eq!(client.post("/api/judge", b"{}").status, 422);
}

#[test]
fn the_first_answer_to_a_blind_test_counts() {
    let client = studio();
    let job = posted(&client, "/api/trials", &json!({ "seed": 4 }))["job"].clone();
    let mut events = told(&client, &job);
    assert_eq!(events.iter().filter(|event| event["event"] == "progress").count(), 8);
    let trial = events.pop().unwrap()["data"].take();
    let (id, excerpts) = (&trial["id"], trial["excerpts"].as_array().unwrap());
    assert_eq!((excerpts.len(), &trial["score"]["of"]), (8, &json!(0)));
    assert!(!trial.to_string().contains("real") && !trial.to_string().contains("generated"));
    assert!(client.get(&format!("/api/trials/{id}/0/stems/0")).body.len() > 100_000);
    let path = format!("/api/trials/{id}");
    let first = posted(&client, &path, &json!({ "real": [true, true, true, true, true, true, true, true] }));
    assert_eq!((&first["right"], &first["score"]["of"]), (&json!(4), &json!(8)));
    let again = posted(&client, &path, &json!({ "real": first["real"] }));
    assert_eq!((&again["right"], &again["score"]["right"]), (&json!(8), &json!(4)));
    assert_eq!(client.post(&path, br#"{"real": [true]}"#).status, 422);
}

#[test]
fn a_take_is_practised_with_in_its_keys_and_comes_back() {
    let client = studio();
    let path = format!("/api/takes/{}/practise", take(&client));
    let practice = json!({ "keys": "F Bb", "to_tempo": 200, "muted": ["bass"], "choruses": 2 });
    let made = posted(&client, &path, &json!({ "practice": practice, "tempo": 100, "count_in": true }));
    assert_eq!(made["passes"], json!([["F", 100], ["Bb", 200]]));
    let id = made["id"].as_str().unwrap();
    assert_eq!(client.get(&format!("/api/takes/{id}")).json(), made);
    for bad in [
        json!({ "keys": "H" }),
        json!({ "muted": ["kazoo"] }),
        json!({ "choruses": 0 }),
        json!({ "bars": "x" }),
    ] {
        let body = json!({ "practice": bad, "count_in": false }).to_string();
        assert_eq!(client.post(&path, body.as_bytes()).status, 422, "{bad}");
    }
}

#[test]
fn a_conversation_is_heard_and_becomes_a_take() {
    let client = studio();
    let order = json!({ "chart": CHART, "choruses": 2, "trade": { "turn": 4, "player": "piano" } });
    let trade = posted(&client, "/api/trades", &order);
    let id = &trade["id"];
    let yours: Vec<bool> =
        trade["turns"].as_array().unwrap().iter().map(|turn| turn["yours"] == true).collect();
    assert_eq!(yours, [false, true, false, true]);
    assert_eq!(trade["tones"][0], json!([2, 5, 7, 10]));
    let turn = trade["turns"][1]["seconds"].as_f64().unwrap();
    let note = |nth: usize, pitch: u8| {
        let seconds = turn + 0.25 * nth as f64;
        json!({ "seconds": seconds, "until": seconds + 0.2, "pitch": pitch, "velocity": 90 })
    };
    let notes: Vec<Value> =
        [60, 63, 67, 70].into_iter().enumerate().map(|(nth, pitch)| note(nth, pitch)).collect();
    let heard = posted(&client, &format!("/api/trades/{id}/notes"), &json!({ "notes": notes }));
    assert_eq!(heard["heard"], 4);
    let answer = client.get(&format!("/api/trades/{id}/turns/2")).json();
    let (from, until) = (&trade["turns"][2]["seconds"], &trade["turns"][2]["until"]);
    let within =
        |note: &Value| note["seconds"].as_f64() >= from.as_f64() && note["seconds"].as_f64() < until.as_f64();
    assert!(
        !answer.as_array().unwrap().is_empty() && answer.as_array().unwrap().iter().all(within),
        "{answer}"
    );
    assert_eq!(
        client.get(&format!("/api/trades/{id}/turns/2")).json(),
        answer,
        "an answer that was given stays"
    );
    assert!(client.get(&format!("/api/trades/{id}/turns/2/sound")).body.iter().any(|byte| *byte != 0));
    let take = posted(&client, &format!("/api/trades/{id}/end"), &json!({}));
    assert_eq!(take["parts"][1], "piano");
    assert_eq!(client.get(&format!("/api/takes/{}", take["id"].as_str().unwrap())).json(), take);
    for bad in [
        json!({ "notes": [{ "seconds": 1e9, "until": 1e9, "pitch": 60, "velocity": 1 }] }),
        json!({ "notes": [note(0, 200)] }),
    ] {
        assert_eq!(
            client.post(&format!("/api/trades/{id}/notes"), bad.to_string().as_bytes()).status,
            422,
            "{bad}"
        );
    }
}
