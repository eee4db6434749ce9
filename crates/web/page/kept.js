// What is kept from one visit to the next: small files under names, in the browser.

const [NAME, STORE] = ["sideman", "shelf"];

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const done = (request) => new Promise((settle, fail) => {
  request.onsuccess = () => settle(request.result);
  request.onerror = () => fail(request.error);
});

/** The database; null where the browser keeps nothing, as in a private window. */
const database = (async () => {
  try {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    return await done(opening);
  } catch {
    return null;
  }
})();

/** Everything that is kept. @returns {Promise<[string, Uint8Array][]>} */
export async function everything() {
  const store = (await database)?.transaction(STORE).objectStore(STORE);
  if (!store) return [];
  const [names, files] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
  return names.map((name, i) => [String(name), files[i]]);
}

/** Keeps files, or throws away those that are null. @param {[string, Uint8Array | null][]} changes */
export async function keep(changes) {
  if (changes.length === 0) return;
  const store = (await database)?.transaction(STORE, "readwrite").objectStore(STORE);
  if (!store) return;
  await Promise.all(changes.map(([name, bytes]) => done(/** @type {IDBRequest} */ (bytes ? store.put(bytes, name) : store.delete(name)))));
}
