// A folder on an address of this machine, as any host of static files would have it.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const KINDS = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".wasm": "application/wasm" };

/** Serves a folder below `/somewhere/`; gives the address, and what ends it. */
export function serve(folder) {
  const server = createServer((request, response) => {
    const name = normalize(decodeURIComponent(new URL(request.url, "http://a").pathname).replace(/^\/somewhere\//, "")).replace(/^[./]+$/, "") || "index.html";
    const file = join(folder, name);
    const found = request.url.startsWith("/somewhere/") && !name.startsWith("..") && existsSync(file) && statSync(file).isFile();
    response.writeHead(found ? 200 : 404, { "content-type": KINDS[extname(name)] ?? "application/octet-stream", "cache-control": "max-age=60" });
    if (found) createReadStream(file).pipe(response);
    else response.end();
  });
  return new Promise((settle) => {
    server.listen(0, "127.0.0.1", () => settle({ address: `http://127.0.0.1:${server.address().port}/somewhere/`, end: () => server.close() }));
  });
}
