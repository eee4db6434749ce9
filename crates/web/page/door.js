// The studio in its module: letters in and out. A letter is a head in JSON and bytes behind it.

/** A module of one function with a relaxed instruction, by which one sees whether there are such. */
const RELAXED = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11];

/** The module for this browser. */
export const MODULE = WebAssembly.validate(new Uint8Array(RELAXED)) ? "sideman-relaxed.wasm" : "sideman.wasm";

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];

/**
 * @typedef {{ head: any, body: Uint8Array<ArrayBuffer> }} Letter
 * @typedef {{ status: number, headers: [string, string][], stream: number | null }} ReplyHead
 */

/**
 * What a module imports: a crate below it (the one that reads archives) can ask a browser for chance, which nothing here
 * does. None of it leads anywhere. @param {WebAssembly.Module} module
 */
function nothing(module) {
  /** @type {WebAssembly.Imports} */
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] = { ...imports[from], [name]: () => { throw new Error(`${name} is not here`); } };
  }
  return imports;
}

/** What the module offers; what each does is said in `crates/web/src/door.rs`. */
export class Door {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    /** @type {any} */
    this.module = new WebAssembly.Instance(module, nothing(module)).exports;
  }

  /** @param {unknown} head @param {Uint8Array} body */
  write(head, body) {
    const words = encoder.encode(JSON.stringify(head));
    const at = this.module.room(words.length + body.length, words.length);
    const room = new Uint8Array(this.module.memory.buffer, at, words.length + body.length);
    room.set(words);
    room.set(body, words.length);
  }

  /** @returns {Letter | null} */
  read() {
    const [at, bytes, head] = [this.module.letter(), this.module.letter_bytes(), this.module.letter_head()];
    if (head === 0) return null;
    const letter = new Uint8Array(this.module.memory.buffer, at, bytes).slice();
    return { head: JSON.parse(decoder.decode(letter.subarray(0, head))), body: letter.slice(head) };
  }

  /** Lays on the shelf what was kept before. @param {string} name @param {Uint8Array} bytes */
  lay(name, bytes) {
    this.write({ name }, bytes);
    this.module.lay();
  }

  /** Opens the studio with the file of a model. @param {Uint8Array} model */
  open(model) {
    this.write(null, model);
    if (!this.module.open()) throw new Error("the studio cannot be opened");
  }

  /** @param {string} method @param {string} path @param {string} query @param {Uint8Array} body @returns {Letter} */
  ask(method, path, query, body) {
    this.write({ method, path, query, now: Date.now() }, body);
    this.module.ask();
    return /** @type {Letter} */ (this.read());
  }

  /** The next piece of a stream; null where there is no other, "later" where it is not there yet. @param {number} stream */
  next(stream) {
    this.module.next(stream);
    const { head, body } = /** @type {Letter} */ (this.read());
    return head.state === "bytes" ? body : head.state === "later" ? "later" : null;
  }

  /** @param {number} stream */
  leave(stream) {
    this.module.leave(stream);
  }

  /** One step of long work; says whether some is left. @returns {boolean} */
  work() {
    return this.module.work() !== 0;
  }

  /** What has changed on the shelf since it was asked last: names, and bytes or null where it was taken away. */
  changes() {
    /** @type {[string, Uint8Array<ArrayBuffer> | null][]} */
    const changes = [];
    for (;;) {
      this.module.change();
      const letter = this.read();
      if (!letter) return changes;
      changes.push([letter.head.name, letter.head.removed ? null : letter.body]);
    }
  }
}
