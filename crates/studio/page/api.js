// Calls of the server. The types are those of `docs/studio.md`.

/**
 * @typedef {{ density: number|null, register: number|null, outside: number|null, space: number|null,
 *   phrase_length: number|null, laid_back: number|null }} Wishes
 * @typedef {{ players: string, style: string|null, swing: string, chords: string, count_in: boolean }} BandOrder
 * @typedef {{ range: string|null, longest_rest: string|null, longest_phrase: number|null, end: string,
 *   targets: string[] }} RuleOrder
 * @typedef {{ chart: string, key: string|null, tempo: number|null, instrument: string, like: string|null,
 *   choruses: number, seed: number, best_of: number, band: BandOrder, wishes: Wishes, rules: RuleOrder,
 *   again: { bars: string[], notes: unknown[] } | null }} TakeOrder
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
 *   certificate: { longest: Match|null, passes: boolean } | null }} TakeView
 * @typedef {{ note: { bar: number, place: number, pitch: string, chord: string|null, role: Role|null,
 *   rhythm_nats: number, pitch_nats: number, probability: number },
 *   likely: { pitch: number, name: string, probability: number }[], shared: Match|null }} NoteInsight
 * @typedef {{ holds: string, charts: { title: string, text: string, melody: boolean }[], notes: string[] }} DroppedFile
 * @typedef {{ event: string, data: any }} JobEvent
 */

const meta = document.querySelector("meta[name=studio-token]");
const token = meta instanceof HTMLMetaElement ? meta.content : "";

/** What the server says when something cannot be done. */
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
    const headers = { ...init?.headers, ...(init?.method ? { "x-studio-token": token } : {}) };
    response = await fetch(path, { ...init, headers });
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
 * Watches long work until its last event (`done`, `failed`, `cancelled`); gives what ends the watching.
 * @param {number} job
 * @param {(event: JobEvent) => void} hear
 */
export function watchJob(job, hear) {
  const source = new EventSource(`/api/jobs/${job}/events`);
  source.onmessage = (message) => {
    /** @type {JobEvent} */
    const event = JSON.parse(message.data);
    if (["done", "failed", "cancelled"].includes(event.event)) source.close();
    hear(event);
  };
  return () => source.close();
}

/** @param {number} job */
export const cancelJob = (job) => remove(`/api/jobs/${job}`);
