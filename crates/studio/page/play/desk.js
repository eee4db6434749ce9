// The take on the desk: made, loaded, gone back from, compared, at any tempo.

import { call, getJson, getText, postJson } from "../api.js";
import { remember, state } from "../state.js";
import { narrow } from "./chart.js";

/** @typedef {import("../api.js").TakeView} TakeView */
/** @typedef {import("../api.js").TakeOrder} TakeOrder */
/** @typedef {import("../api.js").TimeMap} TimeMap */

/** Takes that undo goes back through. */
const TRAIL = 40;

/** What of an order makes another take necessary. @param {TakeOrder} order */
const wanted = (order) => JSON.stringify({ ...order, seed: 0, tempo: null, again: null });

/** Events: `take` (another take, or none), `map` (another tempo), `busy`. */
export class Desk extends EventTarget {
  /** @param {import("../studio.js").App} app */
  constructor(app) {
    super();
    this.app = app;
    /** @type {TakeView | null} */
    this.take = null;
    /** @type {TimeMap | null} */
    this.map = null;
    /** The take to compare with. @type {string | null} */
    this.other = null;
    this.busy = false;
    this.loaded = "";
    /** How often bars were played again; each time from another seed. */
    this.tries = 0;
  }

  /** Whether what is asked for is another take than this one. @param {TakeOrder} order */
  isOther(order) {
    const { take } = this;
    return !take || wanted(order) !== wanted(take.order) || (!take.order.again && order.seed !== take.order.seed);
  }

  /** Quarter notes a minute at which it plays. */
  tempo() {
    return state().tempo ?? this.take?.tempo ?? null;
  }

  query() {
    const tempo = state().tempo;
    return tempo && this.take && tempo !== this.take.tempo ? `tempo=${tempo}` : "";
  }

  /** Does something that takes a moment, one thing at a time. @param {() => Promise<void>} work */
  async during(work) {
    if (this.busy) return;
    this.setBusy(true);
    try {
      await work();
    } catch (error) {
      this.app.say(error instanceof Error ? error.message : String(error), "error");
    } finally {
      this.setBusy(false);
    }
  }

  /** @param {boolean} busy */
  setBusy(busy) {
    this.busy = busy;
    this.dispatchEvent(new Event("busy"));
  }

  /** Makes a take and plays it. @param {TakeOrder} order */
  make(order) {
    const { player } = this.app;
    player.wake();
    return this.during(async () => {
      player.stop();
      /** @type {TakeView} */
      const made = await postJson("/api/takes", { ...order, tempo: state().tempo ?? order.tempo, again: null });
      this.leaveTrail();
      await this.adopt(made, 0, true);
    });
  }

  /** Plays some bars anew. @param {{ first: number, last: number }} bars */
  again(bars) {
    const { take } = this;
    if (!take) return undefined;
    const { player } = this.app;
    player.wake();
    return this.during(async () => {
      this.tries += 1;
      const asked = { bars: [`${bars.first + 1}-${bars.last + 1}`], seed: take.seed + this.tries };
      /** @type {TakeView} */
      const made = await postJson(`/api/takes/${take.id}/again`, asked);
      this.leaveTrail();
      await this.adopt(made, made.map.bars[bars.first]?.seconds ?? 0, player.playing || !!player.loop);
    });
  }

  /** Takes up one that is kept. @param {string} id @param {number} [at] seconds; where it is, else */
  open(id, at) {
    return this.during(async () => {
      /** @type {TakeView} */
      const kept = await getJson(`/api/takes/${id}`);
      const { player } = this.app;
      await this.adopt(kept, at ?? player.position(), player.playing);
    });
  }

  /** Goes back to the take before. */
  undo() {
    const trail = [...state().trail];
    const before = trail.pop();
    if (!before) return undefined;
    remember({ trail });
    this.other = this.take?.id ?? null;
    return this.open(before);
  }

  /** Changes places with the take before. */
  swap() {
    const { other, take } = this;
    if (!other) return undefined;
    this.other = take?.id ?? null;
    return this.open(other);
  }

  leaveTrail() {
    if (!this.take) return;
    this.other = this.take.id;
    remember({ trail: [...state().trail, this.take.id].slice(-TRAIL) });
  }

  /**
   * Takes it up; where it is to sound, that comes before it is drawn. A loop stays where the new take is as long.
   * @param {TakeView} take @param {number} at @param {boolean} sounding
   */
  async adopt(take, at, sounding) {
    const { player } = this.app;
    player.halt();
    this.take = take;
    remember({ take: take.id });
    /** @type {TimeMap} */
    const map = this.query() ? await getJson(`/api/takes/${take.id}/map?${this.query()}`) : take.map;
    if (map.seconds !== this.map?.seconds) player.loop = null;
    this.map = map;
    player.rest = Math.min(at, map.seconds);
    if (sounding) this.play();
    this.dispatchEvent(new Event("take"));
  }

  /** Begins to play, once the sound of this take at this tempo is on its way. */
  play() {
    const { take } = this;
    const { player } = this.app;
    if (!take) return;
    const key = `${take.id} ${this.query()}`;
    if (key !== this.loaded) {
      this.loaded = key;
      player.load(take.id, take.parts.length, this.query() ? state().tempo : null, (error) => {
        this.app.say(error instanceof Error ? error.message : String(error), "error");
      });
      this.dispatchEvent(new Event("loaded"));
    }
    player.start();
  }

  /** Plays it at another tempo, from the same place. @param {number | null} tempo */
  async setTempo(tempo) {
    const { player } = this.app;
    const share = this.map ? player.position() / this.map.seconds : 0;
    remember({ tempo });
    const { take } = this;
    if (!take) return;
    await this.during(async () => {
      const was = player.playing;
      player.halt();
      /** @type {TimeMap} */
      const map = this.query() ? await getJson(`/api/takes/${take.id}/map?${this.query()}`) : take.map;
      this.map = map;
      player.rest = share * map.seconds;
      this.dispatchEvent(new Event("map"));
      if (was) this.play();
    });
  }

  /** The engraved page. @param {string} part */
  page(part) {
    return getText(`/api/takes/${this.take?.id}/score?part=${part}&narrow=${narrow.matches}`);
  }

  /** Throws a take away. @param {string} id */
  async forget(id) {
    await call(`/api/takes/${id}`, { method: "DELETE" });
    remember({ trail: state().trail.filter((kept) => kept !== id) });
    if (this.other === id) this.other = null;
    if (this.take?.id !== id) return;
    this.app.player.halt();
    this.take = null;
    this.map = null;
    remember({ take: null });
    this.dispatchEvent(new Event("take"));
  }
}
