// The studio beside the page: it answers one message after the other, and works between them.

import { Door, MODULE } from "./door.js";
import { everything, keep } from "./kept.js";

/**
 * @typedef {{ id: number, method: string, path: string, query: string, body: ArrayBuffer }} AskMessage
 * @typedef {{ id: number, stream: number }} NextMessage
 * @typedef {{ leave: number }} LeaveMessage
 */

/** @param {string} name */
const file = async (name) => {
  const response = await fetch(new URL(name, import.meta.url));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.arrayBuffer();
};

const parts = Promise.all([file(`../${MODULE}`).then((bytes) => WebAssembly.compile(bytes)), file("../model.safetensors")]);

/** A studio with everything that is kept. */
async function begun() {
  const [[module, model], kept] = await Promise.all([parts, everything()]);
  const door = new Door(module);
  for (const [name, bytes] of kept) door.lay(name, bytes);
  door.open(new Uint8Array(model));
  return door;
}

let door = begun();
/** Pieces that are not there yet. @type {NextMessage[]} */
let waiting = [];
let working = false;

/** Does a thing of the door's; one that traps ends the studio, and another one begins. @template T @param {(door: Door) => T} act */
async function act(act) {
  const here = await door;
  try {
    return act(here);
  } catch (error) {
    door = begun();
    throw error;
  }
}

/** Answers a call. @param {AskMessage} message */
async function answer({ id, method, path, query, body }) {
  try {
    const [{ head, body: bytes }, changes] = await act((door) => /** @type {const} */ ([door.ask(method, path, query, new Uint8Array(body)), door.changes()]));
    await keep(changes);
    postMessage({ id, ...head, body: bytes.buffer }, { transfer: [bytes.buffer] });
  } catch (error) {
    const words = new TextEncoder().encode(JSON.stringify({ error: `the studio has begun anew: ${error}` }));
    postMessage({ id, status: 500, headers: [["content-type", "application/json"]], stream: null, body: words.buffer });
  }
  goOn();
}

/** Hands out a piece of a stream. @param {NextMessage} message */
async function piece(message) {
  const bytes = await act((door) => door.next(message.stream)).catch(() => null);
  if (bytes === "later") waiting.push(message);
  else postMessage({ id: message.id, piece: bytes?.buffer ?? null }, { transfer: bytes ? [bytes.buffer] : [] });
}

/** Works on, step by step, with room for a message between two. */
function goOn() {
  if (working) return;
  working = true;
  setTimeout(step);
}

async function step() {
  working = false;
  const [left, changes] = await act((door) => /** @type {const} */ ([door.work(), door.changes()])).catch(() => /** @type {const} */ ([false, []]));
  await keep([...changes]);
  const again = waiting;
  waiting = [];
  for (const message of again) await piece(message);
  if (left) goOn();
}

onmessage = ({ data }) => {
  if ("leave" in data) act((door) => door.leave(data.leave)).catch(() => {});
  else if ("stream" in data) piece(data);
  else answer(data);
};
