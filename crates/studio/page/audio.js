// Sound: the parts of a take as streams from the server, played on one clock.

import { call } from "./api.js";

/** @typedef {import("./api.js").TakeView} TakeView */
/** @typedef {{ from: number, to: number }} Span seconds */

export const RATE = 44100;
/** Seconds that are scheduled ahead: enough for a page in the background, whose timers are slow. */
const AHEAD = 1.4;
/** Frames of one scheduled piece. */
const PIECE = 11025;
/** Seconds between the press and the sound, so that all parts begin together. */
const LEAD = 0.06;

/** One part: what has arrived of it, and where it is heard. */
class Stem {
  /** @param {AudioContext} context @param {AudioNode} out */
  constructor(context, out) {
    /** @type {Int16Array[]} */
    this.pieces = [];
    this.frames = 0;
    this.done = false;
    this.gain = context.createGain();
    this.meter = context.createAnalyser();
    this.meter.fftSize = 1024;
    this.gain.connect(this.meter).connect(out);
    this.samples = new Float32Array(this.meter.fftSize);
  }

  /** @param {string} path @param {AbortSignal} signal @param {() => void} arrived */
  async load(path, signal, arrived) {
    const response = await call(path, { signal });
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    let rest = new Uint8Array();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const bytes = new Uint8Array(rest.length + value.length);
      bytes.set(rest);
      bytes.set(value, rest.length);
      const whole = bytes.length - (bytes.length % 4);
      rest = bytes.slice(whole);
      if (whole > 0) {
        this.pieces.push(new Int16Array(bytes.buffer.slice(0, whole)));
        this.frames += whole / 4;
        arrived();
      }
    }
    this.done = true;
    arrived();
  }

  /** Copies frames into a buffer; what is not there is silence. @param {AudioBuffer} buffer @param {number} from */
  fill(buffer, from) {
    const [left, right] = [buffer.getChannelData(0), buffer.getChannelData(1)];
    let start = 0;
    for (const piece of this.pieces) {
      const count = piece.length / 2;
      const first = Math.max(from, start);
      const last = Math.min(from + buffer.length, start + count);
      for (let frame = first; frame < last; frame += 1) {
        left[frame - from] = piece[2 * (frame - start)] / 32768;
        right[frame - from] = piece[2 * (frame - start) + 1] / 32768;
      }
      start += count;
      if (start >= from + buffer.length) break;
    }
  }

  /** How loud it is now, as a root mean square. */
  level() {
    this.meter.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const x of this.samples) sum += x * x;
    return Math.sqrt(sum / this.samples.length);
  }
}

/** Plays takes. Events: `change` when it starts, stops or has another take, `end` behind the last frame. */
export class Player extends EventTarget {
  constructor() {
    super();
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {Stem[]} */
    this.stems = [];
    /** @type {Span | null} */
    this.loop = null;
    this.playing = false;
    /** Seconds from which it plays when it starts. */
    this.rest = 0;
    /** When the last press was heard first, in milliseconds of the page's clock; for tests. */
    this.heard = 0;
    /** @type {{ time: number, frame: number, count: number }[]} */
    this.pieces = [];
    /** @type {Set<AudioBufferSourceNode>} */
    this.sources = new Set();
    this.frame = 0;
    this.time = 0;
    this.timer = 0;
    this.loading = new AbortController();
  }

  /** The context, made at the first press, for browsers are silent before one. */
  wake() {
    if (!this.context) {
      this.context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
      this.master = this.context.createGain();
      const limiter = this.context.createDynamicsCompressor();
      limiter.threshold.value = -6;
      limiter.knee.value = 6;
      limiter.ratio.value = 12;
      limiter.attack.value = 0.003;
      limiter.release.value = 0.12;
      this.master.connect(limiter).connect(this.context.destination);
    }
    if (this.context.state !== "running") this.context.resume();
    return this.context;
  }

  /**
   * Takes up a take; its sound begins to arrive at once.
   * @param {string} id of a take, or a path below which stems are
   * @param {number} parts
   * @param {number | null} tempo
   * @param {(error: unknown) => void} failed
   */
  load(id, parts, tempo, failed) {
    const context = this.wake();
    this.halt();
    this.loading.abort();
    this.loading = new AbortController();
    for (const stem of this.stems) stem.meter.disconnect();
    const query = tempo ? `?tempo=${tempo}` : "";
    const { signal } = this.loading;
    this.stems = Array.from({ length: parts }, () => new Stem(context, /** @type {GainNode} */ (this.master)));
    this.stems.forEach((stem, part) => {
      const path = `${id.includes("/") ? id : `/api/takes/${id}`}/stems/${part}${query}`;
      stem.load(path, signal, () => this.schedule()).catch((error) => {
        if (!signal.aborted) failed(error);
      });
    });
  }

  /** How loud each part is to be. @param {number[]} levels */
  mix(levels) {
    const now = this.context?.currentTime ?? 0;
    this.stems.forEach((stem, part) => stem.gain.gain.setTargetAtTime(levels[part] ?? 1, now, 0.015));
  }

  start() {
    const context = this.wake();
    if (this.playing) return;
    this.playing = true;
    this.frame = Math.round(this.rest * RATE);
    this.time = 0;
    this.heard = 0;
    this.pieces = [];
    this.timer = window.setInterval(() => this.schedule(), 60);
    this.schedule();
    if (context.state !== "running") context.resume().then(() => this.schedule());
    this.dispatchEvent(new Event("change"));
  }

  stop() {
    if (!this.playing) return;
    const at = this.position();
    this.halt();
    this.rest = at;
  }

  /** Silence, at once. */
  halt() {
    clearInterval(this.timer);
    for (const source of this.sources) source.stop();
    this.sources.clear();
    const was = this.playing;
    this.playing = false;
    if (was) this.dispatchEvent(new Event("change"));
  }

  /** @param {number} seconds */
  seek(seconds) {
    const was = this.playing;
    this.halt();
    this.rest = Math.max(0, seconds);
    if (was) this.start();
    this.dispatchEvent(new Event("seek"));
  }

  /** @param {Span | null} span */
  setLoop(span) {
    this.loop = span;
    const at = this.position();
    if (span && (at < span.from || at >= span.to)) this.seek(span.from);
    else if (this.playing) this.seek(at);
  }

  /** What is heard now, in seconds of the take. */
  position() {
    if (!this.playing || !this.context) return this.rest;
    const now = this.context.currentTime - (this.context.outputLatency || 0);
    let piece = this.pieces[0];
    for (const next of this.pieces) if (next.time <= now) piece = next;
    if (!piece) return this.rest;
    const into = Math.min(Math.max(0, now - piece.time), piece.count / RATE);
    return piece.frame / RATE + into;
  }

  /** Frames that every part has. */
  ready() {
    return Math.min(...this.stems.map((stem) => (stem.done ? Infinity : stem.frames)));
  }

  /** Frames of the longest part; infinite while they arrive. */
  end() {
    return Math.max(0, ...this.stems.map((stem) => (stem.done ? stem.frames : Infinity)));
  }

  /** Sends what is due to the clock. */
  schedule() {
    const { context } = this;
    if (!this.playing || !context || context.state !== "running" || this.stems.length === 0) return;
    const now = context.currentTime;
    while (this.time < now + AHEAD) {
      const until = this.loop ? Math.round(this.loop.to * RATE) : this.end();
      if (this.frame >= until) {
        if (this.loop) {
          this.frame = Math.round(this.loop.from * RATE);
          continue;
        }
        if (now - (context.outputLatency || 0) > this.time) this.finish();
        break;
      }
      const count = Math.min(PIECE, this.ready() - this.frame, until - this.frame);
      if (count < Math.min(1024, until - this.frame)) break;
      if (this.time < now + 0.005) this.time = now + LEAD;
      this.send(context, count);
    }
    const old = this.pieces.findIndex((piece) => piece.time + piece.count / RATE > now - 1);
    if (old > 0) this.pieces.splice(0, old);
  }

  /** @param {AudioContext} context @param {number} count */
  send(context, count) {
    for (const stem of this.stems) {
      const buffer = context.createBuffer(2, count, RATE);
      stem.fill(buffer, this.frame);
      const source = context.createBufferSource();
      source.buffer = buffer;
      source.connect(stem.gain);
      source.onended = () => this.sources.delete(source);
      source.start(this.time);
      this.sources.add(source);
    }
    if (!this.heard) this.heard = performance.now() + (this.time - context.currentTime) * 1000;
    this.pieces.push({ time: this.time, frame: this.frame, count });
    this.frame += count;
    this.time += count / RATE;
  }

  finish() {
    this.halt();
    this.rest = 0;
    this.dispatchEvent(new Event("end"));
  }

  /** Plays raw sound from a path once, beside everything else. @param {string} path */
  async once(path) {
    const context = this.wake();
    const bytes = await (await call(path)).arrayBuffer();
    const samples = new Int16Array(bytes, 0, Math.floor(bytes.byteLength / 4) * 2);
    const stem = { pieces: [samples], fill: Stem.prototype.fill };
    const buffer = context.createBuffer(2, Math.max(1, samples.length / 2), RATE);
    stem.fill.call(/** @type {any} */ (stem), buffer, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(/** @type {GainNode} */ (this.master));
    source.start();
  }
}
