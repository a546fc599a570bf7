// Runs a worker in node: requests come from standard input, a line of JSON
// each, and responses go to standard output likewise.
//
//   node node.mjs wasm_exec.js worker.mjs counter.wasm

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [goRuntime, worker, wasm] = process.argv.slice(2);

globalThis.crypto ??= (await import("node:crypto")).webcrypto; // node 18
console.log = console.error; // where Go's log goes
await import(pathToFileURL(goRuntime));
const { newWorker } = await import(pathToFileURL(worker));
const { fetch } = newWorker(new WebAssembly.Module(await readFile(wasm)));

for await (const line of createInterface({ input: process.stdin })) {
  const { path, cookie } = JSON.parse(line);
  const headers = cookie?.length > 0 ? { Cookie: cookie.join("; ") } : {};
  const response = await fetch(new Request("https://example.com" + path, { headers }), process.env);
  const reply = {
    status: response.status,
    setCookie: response.headers.getSetCookie(),
    vary: response.headers.get("Vary") === "Cookie",
    body: await response.text(),
  };
  process.stdout.write(JSON.stringify(reply) + "\n");
}
process.exit(); // the Go program waits for more
