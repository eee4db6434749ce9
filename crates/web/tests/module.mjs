// The module under Node: node module.mjs SITE SIDEMAN [SEEDS=50] — the same seed gives the file that the program writes.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// The page has no package that would tell Node what its scripts are.
const script = readFileSync(new URL("../page/door.js", import.meta.url), "utf8");
const { Door, MODULE } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
const [, , site, sideman, seeds = "50"] = process.argv;
const module = await WebAssembly.compile(readFileSync(join(site, MODULE)));
const model = readFileSync(join(site, "model.safetensors"));
const nothing = new Uint8Array();

/** Fails with words unless something holds. */
function holds(condition, words) {
  if (!condition) throw new Error(words);
}

/** A studio, and what was kept before in it. */
function opened(kept = []) {
  const door = new Door(module);
  for (const [name, bytes] of kept) door.lay(name, bytes);
  door.open(model);
  const call = (method, path, body) => {
    const [place, query = ""] = path.split("?");
    return door.ask(method, place, query, body ? new TextEncoder().encode(JSON.stringify(body)) : nothing);
  };
  const json = (method, path, body) => {
    const { head, body: bytes } = call(method, path, body);
    const words = new TextDecoder().decode(bytes);
    holds(head.status === 200, `${method} ${path}: ${head.status} ${words}`);
    return JSON.parse(words);
  };
  return { door, call, json };
}

/** A stream to its end, with work between its pieces. */
function whole(door, stream) {
  const pieces = [];
  for (;;) {
    const piece = door.next(stream);
    if (piece === null) return Buffer.concat(pieces);
    if (piece === "later") door.work();
    else pieces.push(piece);
  }
}

const folder = mkdtempSync(join(tmpdir(), "sideman-module-"));
/** What the program writes of a seed. */
function written(seed) {
  const out = join(folder, `seed-${seed}`);
  execFileSync(sideman, ["improvise", "--seed", String(seed), "--only", "mid", "--out", out], { stdio: "ignore" });
  return readFileSync(join(out, "solo.mid"));
}

/** @type {[string, () => void][]} */
const TESTS = [
  [`${MODULE} reaches nothing`, () => {
    const others = WebAssembly.Module.imports(module).filter(({ module: from, kind }) => !from.startsWith("__wbindgen_") || kind !== "function");
    holds(others.length === 0, `it imports ${JSON.stringify(others)}`);
  }],
  [`the same seed gives the same file, over ${seeds} seeds`, () => {
    const { call, json } = opened();
    const others = [];
    for (let seed = 1; seed <= Number(seeds); seed += 1) {
      const { id } = json("POST", "/api/takes", { seed });
      if (!written(seed).equals(Buffer.from(call("GET", `/api/takes/${id}/files/mid`).body))) others.push(seed);
    }
    holds(others.length === 0, `other files of the seeds ${others}`);
  }],
  ["a part is heard, and all that was said will be", () => {
    const { door, call, json } = opened();
    const { id } = json("POST", "/api/takes", { chart: "Dm7 | G7 | C6 | %", choruses: 1, best_of: 1 });
    const { head } = call("GET", `/api/takes/${id}/stems/0`);
    const frames = Number(head.headers.find(([name]) => name === "x-frames")[1]);
    const bytes = whole(door, head.stream);
    holds(bytes.length === 4 * frames && bytes.some((byte) => byte !== 0), `${bytes.length} bytes of ${frames} frames`);
    holds(door.next(head.stream) === null && door.next(99) === null, "an ended stream goes on");
  }],
  ["the classic learns step by step, ends when it is asked to, and plays on after a reload", () => {
    const { door, call, json } = opened();
    const first = json("POST", "/api/learn", { epochs: 2 }).job;
    const told = (job) => whole(door, call("GET", `/api/jobs/${job}/events`).head.stream).toString().split("\n\n").filter(Boolean).map((line) => JSON.parse(line.slice(6)));
    const events = told(first);
    holds(events.filter(({ event }) => event === "epoch").length === 2 && events.at(-1).event === "done", JSON.stringify(events.at(-1)));
    const second = json("POST", "/api/learn", { epochs: 400 }).job;
    door.work();
    call("DELETE", `/api/jobs/${second}`);
    holds(told(second).at(-1).event === "cancelled", "it goes on");
    const { model: learned } = events.at(-1).data;
    const order = { model: learned, choruses: 1, seed: 3 };
    const before = json("POST", "/api/takes", order);
    const again = opened(door.changes().filter(([, bytes]) => bytes));
    holds(JSON.stringify(again.json("GET", `/api/takes/${before.id}`)) === JSON.stringify(before), "another take");
  }],
  ["what cannot be meant is refused in words", () => {
    const { call } = opened();
    for (const [status, method, path, body] of [[404, "GET", "/api/takes/1"], [405, "PUT", "/api/takes"], [422, "POST", "/api/takes", { choruses: 0 }], [422, "POST", "/api/adapt", {}]]) {
      const { head, body: words } = call(method, path, body);
      holds(head.status === status && JSON.parse(new TextDecoder().decode(words)).error, `${path}: ${head.status}`);
    }
  }],
];

try {
  for (const [name, test] of TESTS) {
    const start = performance.now();
    test();
    console.log(`ok   ${name} (${Math.round(performance.now() - start)} ms)`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
