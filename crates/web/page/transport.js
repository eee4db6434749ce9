// The way to the studio: a worker beside the page, and no server.

const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

/** What is waited for, by number. @type {Map<number, (reply: any) => void>} */
const waiting = new Map();
let last = 0;

worker.onmessage = (/** @type {MessageEvent<any>} */ { data }) => {
  waiting.get(data.id)?.(data);
  waiting.delete(data.id);
};

// A worker that cannot be loaded answers nothing: whoever waits is told so.
worker.onerror = () => {
  const body = JSON.stringify({ error: "the studio cannot be loaded; load the page again" });
  for (const settle of waiting.values()) settle({ status: 500, headers: [["content-type", "application/json"]], stream: null, body });
  waiting.clear();
};

/** @param {object} message @param {Transferable[]} transfer @returns {Promise<any>} */
function ask(message, transfer = []) {
  last += 1;
  const id = last;
  worker.postMessage({ id, ...message }, transfer);
  return new Promise((settle) => waiting.set(id, settle));
}

/**
 * Sends a call; what goes over the wire is in `docs/studio.md`.
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<Response>}
 */
export async function send(path, init) {
  const [place, query] = [path.replace(/\?.*/, ""), path.split("?")[1] ?? ""];
  const body = await new Response(init?.body ?? null).arrayBuffer();
  init?.signal?.throwIfAborted();
  const reply = await ask({ method: init?.method ?? "GET", path: place, query, body }, [body]);
  const { status, headers, stream } = reply;
  if (stream === null) return new Response(status === 204 ? null : reply.body, { status, headers });
  if (init?.signal?.aborted) worker.postMessage({ leave: stream });
  init?.signal?.throwIfAborted();
  return new Response(streamed(stream, init?.signal ?? null), { status, headers });
}

/** A body in pieces, each made when it is read. @param {number} stream @param {AbortSignal | null} signal */
function streamed(stream, signal) {
  const leave = () => worker.postMessage({ leave: stream });
  return new ReadableStream({
    start(controller) {
      signal?.addEventListener("abort", () => {
        leave();
        controller.error(signal.reason);
      });
    },
    async pull(controller) {
      const { piece } = await ask({ stream });
      if (signal?.aborted) return;
      if (piece) controller.enqueue(new Uint8Array(piece));
      else controller.close();
    },
    cancel: leave,
  });
}

/** Links to files of the studio lead to what the worker makes. */
document.addEventListener("click", async (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[download]") : null;
  const path = link?.getAttribute("href");
  if (!path?.startsWith("/api/")) return;
  event.preventDefault();
  const response = await send(path);
  const name = /filename="(.*)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "sideman";
  const file = document.createElement("a");
  file.href = URL.createObjectURL(await response.blob());
  file.download = name;
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 60000);
});
