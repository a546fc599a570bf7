// The fetch handler of an edge worker around counter.wasm. It needs Go's
// wasm_exec.js, of the very Go that compiled the module. As a Cloudflare
// Worker, for one, its entry point is:
//
//   import "./wasm_exec.js";
//   import module from "./counter.wasm";
//   import { newWorker } from "./worker.mjs";
//   export default newWorker(module);

/** newWorker returns the worker of a compiled module, a WebAssembly.Module. */
export function newWorker(module) {
  let program;
  return {
    async fetch(request, env) {
      // Not at global scope: Go's runtime asks for random numbers when it starts, and workers have none there.
      if (program === undefined || program.go.exited) {
        program = start(module, env);
      }
      return respond(JSON.parse(program.serve(JSON.stringify(describe(request)))));
    },
  };
}

function start(module, env) {
  const go = new Go();
  go.env = { SECRET_KEY: env.SECRET_KEY };
  go.run(new WebAssembly.Instance(module, go.importObject)); // returns when main waits
  if (go.exited) {
    throw new Error("counter.wasm did not start: see the log");
  }
  const serve = globalThis.serveCounter;
  delete globalThis.serveCounter;
  return { go, serve };
}

function describe(request) {
  const cookie = request.headers.get("Cookie");
  return { path: new URL(request.url).pathname, cookie: cookie === null ? [] : [cookie] };
}

function respond(reply) {
  const headers = new Headers({ "Content-Type": "text/plain; charset=utf-8" });
  for (const line of reply.setCookie ?? []) {
    headers.append("Set-Cookie", line); // set would keep the last one only
  }
  if (reply.vary) {
    headers.append("Vary", "Cookie");
  }
  return new Response(reply.body, { status: reply.status, headers });
}
