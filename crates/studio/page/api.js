// Calls of the studio. The types are those of `docs/studio.md`.

/**
 * @typedef {{ density: number|null, register: number|null, outside: number|null, space: number|null,
 *   phrase_length: number|null, laid_back: number|null }} Wishes
 * @typedef {{ players: string, style: string|null, swing: string, chords: string, count_in: boolean }} BandOrder
 * @typedef {{ range: string|null, longest_rest: string|null, longest_phrase: number|null, end: string,
 *   targets: string[] }} RuleOrder
 * @typedef {{ chart: string, key: string|null, tempo: number|null, instrument: string, like: string|null,
 *   choruses: number, seed: number, best_of: number, band: BandOrder, wishes: Wishes, rules: RuleOrder,
 *   again: { bars: string[], notes: unknown[] } | null, model: string | null, practice: PracticeOrder | null,
 *   trade: { turn: number, player: string } | null }} TakeOrder
 * @typedef {{ choruses: number|null, keys: string|null, to_tempo: number|null, faster: number|null, bars: string|null,
 *   trade: number|null, muted: string[] }} PracticeOrder
 * @typedef {{ title: string, kind: string, text: string }} ChartChoice
 * @typedef {{ instruments: string[], performers: string[], styles: {name: string, tempo: number}[], bands: string[],
 *   chords: string[], charts: ChartChoice[], model: string, defaults: TakeOrder }} Options
 * @typedef {{ bar: number|null, words: string }} ChartProblem
 * @typedef {{ text: string|null, title: string, key: string|null, tempo: number|null, bars: number, svg: string|null,
 *   problems: ChartProblem[] }} ChartView
 * @typedef {{ seconds: number, until: number, beats: number[], section: string|null }} TimedBar
 * @typedef {{ seconds: number, until: number, bar: number, chord: string|null }} TimedChord
 * @typedef {"chord_tone"|"enclosure"|"passing"|"approach"|"tension"|"outside"} Role
 * @typedef {{ seconds: number, until: number, bar: number, pitch: number, name: string, role: Role|null }} TimedNote
 * @typedef {{ seconds: number, bars: TimedBar[], chords: TimedChord[], notes: TimedNote[] }} TimeMap
 * @typedef {{ intervals: number, bar: number, source: string, source_bar: number }} Match
 * @typedef {{ id: string, made: number, title: string, seed: number }} TakeLine
 * @typedef {TakeLine & { order: TakeOrder, tempo: number, parts: string[], map: TimeMap,
 *   passes: [string, number][], certificate: { longest: Match|null, passes: boolean } | null }} TakeView
 * @typedef {{ note: { bar: number, place: number, pitch: string, chord: string|null, role: Role|null,
 *   rhythm_nats: number, pitch_nats: number, probability: number },
 *   likely: { pitch: number, name: string, probability: number }[], shared: Match|null }} NoteInsight
 * @typedef {{ holds: string, charts: { title: string, text: string, melody: boolean }[], notes: string[] }} DroppedFile
 * @typedef {{ id: string, title: string }} ModelLine
 * @typedef {{ event: string, data: any }} JobEvent
 * @typedef {{ solos: number, epochs: number, vocabulary: number, layers: [string, number, number][], unigram: number|null,
 *   bigram: number|null, held_out: number|null }} LearnStart
 * @typedef {{ epoch: number, loss: number, held_out: number|null, best: boolean }} LearnEpoch
 * @typedef {{ index: number, value: string, probability: number }} LikelyValue
 * @typedef {{ epoch: number, values: string[], cells: number[][], next: LikelyValue[], came: string }} CellsView
 * @typedef {{ of: number, classes: number, units: number, input: number|null, input_value: string|null,
 *   gates: number[][], before: number[], c: number[], h: number[], probabilities: number[], likely: LikelyValue[],
 *   drawn: number|null, drawn_value: string, drawn_probability: number, bar: number, beat: number, chord: string|null,
 *   note: string|null }} StepView
 * @typedef {{ id: number, name: string, pieces: { title: string, bars: number, notes: number, chords: string[] }[],
 *   parts: { number: number, name: string, instrument: string, notes: number, role: string, why: string }[],
 *   report: string[] }} LessonView
 * @typedef {{ name: string, unit: string, mean: number, sd: number, beside: { mean: number, sd: number,
 *   band: [number, number], inside: number, distance: number|null } | null }} MeasureRow
 * @typedef {{ report: { solos: number, rows: MeasureRow[] }, beside: string, solos: { title: string,
 *   certificate: { longest: Match|null, passes: boolean }, here: string|null, there: string|null }[] }} JudgeView
 * @typedef {{ right: number, of: number, low: number, high: number }} TrialScore
 * @typedef {{ id: number, excerpts: { parts: string[], seconds: number }[], score: TrialScore }} TrialView
 * @typedef {{ real: boolean[], whose: string[], right: number, score: TrialScore }} TrialAnswer
 * @typedef {{ yours: boolean, first: number, last: number, seconds: number, until: number }} TurnView
 * @typedef {{ id: number, tempo: number, parts: string[], map: TimeMap, turns: TurnView[], tones: number[][] }} TradeView
 * @typedef {{ seconds: number, until: number, pitch: number }} AnswerNote
 */

import { send } from "./transport.js";

/** What the studio says when something cannot be done. */
export class Refusal extends Error {
  /** @param {number} status @param {string} words */
  constructor(status, words) {
    super(words);
    this.status = status;
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function call(path, init) {
  let response;
  try {
    response = await send(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Refusal(0, "the studio has ended; start it again");
  }
  if (response.ok) return response;
  const words = await response.json().then((body) => String(body.error), () => response.statusText);
  throw new Refusal(response.status, words);
}

/** @param {string} path @param {AbortSignal} [signal] */
export const getJson = async (path, signal) => (await call(path, { signal })).json();

/** @param {string} path @param {AbortSignal} [signal] */
export const getText = async (path, signal) => (await call(path, { signal })).text();

/** @param {string} path @param {unknown} body @param {AbortSignal} [signal] */
export async function postJson(path, body, signal) {
  const headers = { "content-type": "application/json" };
  return (await call(path, { method: "POST", headers, body: JSON.stringify(body), signal })).json();
}

/** @param {string} path */
export const remove = (path) => call(path, { method: "DELETE" });

/** Sends a file to be read. @param {File} file @returns {Promise<DroppedFile>} */
export async function sendFile(file) {
  return (await call(`/api/files?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file })).json();
}

/**
 * Sends a file to be learned from or judged. @param {File} file
 * @param {{ melody?: string, chords?: string, bars?: string }} [wishes] @returns {Promise<LessonView>}
 */
export async function sendLesson(file, wishes = {}) {
  const query = new URLSearchParams({ name: file.name });
  for (const [name, value] of Object.entries(wishes)) if (value) query.set(name, value);
  return (await call(`/api/lessons?${query}`, { method: "POST", body: file })).json();
}

/** The last events of long work. */
const LAST = ["done", "failed", "cancelled"];

/**
 * Watches long work until its last event; gives what ends the watching.
 * @param {number} job
 * @param {(event: JobEvent) => void} hear
 */
export function watchJob(job, hear) {
  const stop = new AbortController();
  let heard = 0;
  async function watch() {
    const { body } = await call(`/api/jobs/${job}/events?from=${heard}`, { signal: stop.signal });
    for await (const event of events(/** @type {ReadableStream<Uint8Array>} */ (body))) {
      if (stop.signal.aborted) return true;
      heard += 1;
      hear(event);
      if (LAST.includes(event.event)) return true;
    }
    return false;
  }
  async function follow() {
    while (!stop.signal.aborted) {
      const over = await watch().catch((error) => error instanceof Refusal && error.status === 404);
      if (over) return;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
  follow();
  return () => stop.abort();
}

/** Server-sent events as they come. @param {ReadableStream<Uint8Array>} body @returns {AsyncGenerator<JobEvent>} */
async function* events(body) {
  const [reader, decoder] = [body.getReader(), new TextDecoder()];
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data: ")) yield JSON.parse(line.slice(6));
  }
}

/** @param {number} job */
export const cancelJob = (job) => remove(`/api/jobs/${job}`);
