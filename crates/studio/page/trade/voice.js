// Sound on the clock of the band: the user's own notes at once, the answer exactly when its turn begins.

import { call } from "../api.js";
import { RATE } from "../audio.js";

/** @typedef {import("../audio.js").Player} Player */

/** Loudness of the user's own notes. */
const LOUD = 0.16;

/** When something of a take sounds, on the clock of the context; `null` while it does not play. @param {Player} player @param {number} seconds */
export function clockAt(player, seconds) {
  const piece = player.pieces[player.pieces.length - 1];
  return player.playing && piece ? piece.time + seconds - piece.frame / RATE : null;
}

/** The user's instrument: a plain tone that begins without delay. */
export class Voice {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    /** @type {Map<number, { tone: OscillatorNode, gain: GainNode }>} */
    this.sounding = new Map();
  }

  /** @param {number} pitch @param {number} velocity */
  on(pitch, velocity) {
    this.off(pitch);
    const context = this.player.wake();
    const [tone, gain] = [context.createOscillator(), context.createGain()];
    tone.type = "triangle";
    tone.frequency.value = 440 * 2 ** ((pitch - 69) / 12);
    const now = context.currentTime;
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime((LOUD * velocity) / 100, now + 0.006);
    gain.gain.setTargetAtTime((LOUD * velocity) / 220, now + 0.02, 0.25);
    tone.connect(gain).connect(/** @type {GainNode} */ (this.player.master));
    tone.start();
    this.sounding.set(pitch, { tone, gain });
  }

  /** @param {number} pitch */
  off(pitch) {
    const own = this.sounding.get(pitch);
    if (!own) return;
    this.sounding.delete(pitch);
    const now = this.player.wake().currentTime;
    own.gain.gain.setTargetAtTime(0, now, 0.02);
    own.tone.stop(now + 0.15);
  }

  /** Plays raw sound from a path as it arrives, beginning with a second of the take; gives how many seconds late it began.
   * @param {string} path @param {number} seconds @param {AbortSignal} signal */
  async answer(path, seconds, signal) {
    const { player } = this;
    const context = player.wake();
    const response = await call(path, { signal });
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    let [at, late, rest] = [clockAt(player, seconds) ?? context.currentTime, NaN, new Uint8Array()];
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return late;
      const bytes = new Uint8Array(rest.length + value.length);
      bytes.set(rest);
      bytes.set(value, rest.length);
      const whole = bytes.length - (bytes.length % 4);
      rest = bytes.slice(whole);
      if (whole === 0) continue;
      if (Number.isNaN(late)) {
        late = Math.max(0, context.currentTime - at);
        at = Math.max(at, context.currentTime);
      }
      at = this.send(context, new Int16Array(bytes.buffer.slice(0, whole)), at);
    }
  }

  /** @param {AudioContext} context @param {Int16Array} samples @param {number} at @returns {number} where it ends */
  send(context, samples, at) {
    const buffer = context.createBuffer(2, samples.length / 2, RATE);
    for (const side of [0, 1]) {
      const channel = buffer.getChannelData(side);
      for (let i = 0; i < channel.length; i += 1) channel[i] = samples[2 * i + side] / 32768;
    }
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(/** @type {GainNode} */ (this.player.master));
    source.start(at);
    this.player.sources.add(source);
    return at + buffer.duration;
  }

  silence() {
    for (const pitch of [...this.sounding.keys()]) this.off(pitch);
  }
}
