// The way to the studio: the server on this machine.

const meta = document.querySelector("meta[name=studio-token]");
const token = meta instanceof HTMLMetaElement ? meta.content : "";

/**
 * Sends a call; what goes over the wire is in `docs/studio.md`.
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export function send(path, init) {
  const headers = { ...init?.headers, ...(init?.method ? { "x-studio-token": token } : {}) };
  return fetch(path, { ...init, headers });
}
