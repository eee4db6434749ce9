// Runs the tests of a crate that were built as a module: node runner.mjs FILE. A module without imports can print nothing;
// a test that fails traps.

import { readFileSync } from "node:fs";

const start = performance.now();
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), {});
const status = instance.exports.main(0, 0);
console.log(`the tests of the module ended with ${status} after ${Math.round(performance.now() - start)} ms`);
process.exitCode = status;
