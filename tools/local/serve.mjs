// The two distributions of infra/web.yaml, played on this machine by the configuration that was deployed from it: which
// path goes to which origin, under which headers, and for which paths a signature is asked for.
//
//   web      the application and Releases from their buckets, /api from the HTTP API;
//   content  uploaded files and nothing else, sandboxed: other people's work never shares the application's origin.
//
// Plain node:http: it streams both ways and can be read in a few minutes. It keeps immutable objects, as an edge does.
//
// Usage: node serve.mjs SETTINGS.json   (see local.py, which writes it)

import { createPublicKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import http from "node:http";

import { signedRequest } from "./s3.mjs";
import { cookiesOf, isAllowed, withoutOwn } from "./signatures.mjs";

const settings = JSON.parse(await readFile(process.argv[2], "utf8"));
const key = createPublicKey(settings.edge_public_key);
const KEPT_BYTES_MAX = 64 * 1024 * 1024;
const kept = new Map();
let keptBytes = 0;

const HOP_BY_HOP = ["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
  "transfer-encoding", "upgrade"];
// What a cache asks its origin for a part, or whether it is still the same.
const CONDITIONAL = ["range", "if-range", "if-none-match", "if-modified-since"];

for (const { port, origin, behaviours } of settings.distributions) {
  for (const behaviour of behaviours) {
    behaviour.handler = behaviour.function && new Function(`${behaviour.function}; return handler;`)();
  }
  const server = http.createServer((request, response) => answer(origin, behaviours, request, response));
  // Longer than a client keeps an idle connection: who sends on one that closes at that moment gets no answer.
  server.keepAliveTimeout = 120_000;
  server.listen(port, "127.0.0.1");
}

function answer(origin, behaviours, request, response) {
  const [path] = request.url.split("?");
  const behaviour = behaviours.find(({ pattern }) => matches(pattern, path));
  if (!behaviour.methods.includes(request.method)) return refuse(response, 403, behaviour.headers);
  if (behaviour.signed) {
    const cookies = cookiesOf(request.headers.cookie);
    let allowed = false;
    try {
      allowed = isAllowed({ origin, url: request.url, cookies, key, keyId: settings.edge_key_id });
    } catch {
      // What cannot be read is not signed.
    }
    if (!allowed) return refuse(response, 403, behaviour.headers);
  }
  if (behaviour.origin === "api") return forward(request, response, apiRequest(request), behaviour);

  const uri = behaviour.handler ? behaviour.handler({ request: { uri: path, method: request.method } }).uri : path;
  let objectKey;
  try {
    objectKey = decodeURIComponent(uri.slice(1));
  } catch {
    return refuse(response, 400, behaviour.headers);
  }
  const query = withoutOwn(new URLSearchParams(request.url.split("?")[1])).filter(([name]) => behaviour.query.includes(name));
  const known = request.method === "GET" && !request.headers.range && kept.get(`${behaviour.origin} ${objectKey} ${query}`);
  if (known) {
    if (request.headers["if-none-match"] === known.headers.etag) {
      response.writeHead(304, { ...known.headers, ...behaviour.headers });
      return response.end();
    }
    response.writeHead(200, { ...known.headers, ...behaviour.headers });
    return response.end(known.body);
  }
  forward(request, response, objectRequest(request, behaviour.origin, objectKey, query), behaviour,
    `${behaviour.origin} ${objectKey} ${query}`);
}

function apiRequest(request) {
  const host = `${settings.api_id}.execute-api.localhost:${settings.aws_port}`;
  return { path: request.url, headers: { ...without(request.headers, HOP_BY_HOP), host } };
}

function objectRequest(request, origin, objectKey, query) {
  const { path, headers } = signedRequest({
    method: request.method, host: `127.0.0.1:${settings.aws_port}`, region: settings.region,
    bucket: settings.buckets[origin], key: objectKey, query, credentials: settings.credentials,
  });
  const asked = Object.fromEntries(CONDITIONAL.filter((name) => request.headers[name]).map((name) => [name, request.headers[name]]));
  return { path, headers: { ...asked, ...headers } };
}

/** Streams a request to the local AWS and its answer back, under the headers of the behaviour. */
function forward(request, response, { path, headers }, { origin, headers: ours }, keepAs) {
  const upstream = http.request({ host: "127.0.0.1", port: settings.aws_port, method: request.method, path, headers });
  upstream.on("response", (answer) => {
    // The local AWS allows every origin everywhere; AWS does not, so what it says about CORS ends here.
    const theirs = Object.keys(answer.headers).filter((name) => /^(access-control|x-amz)/.test(name));
    // Whoever may not list a bucket is not told what is not in it.
    if (keepAs && answer.statusCode === 404 && !settings.listed.includes(origin)) {
      answer.resume();
      return refuse(response, 403, ours);
    }
    const passed = without(answer.headers, [...HOP_BY_HOP, ...theirs]);
    response.writeHead(answer.statusCode, { ...passed, ...ours });
    answer.pipe(response);
    answer.on("error", () => response.destroy());
    if (keepAs && request.method === "GET" && answer.statusCode === 200) keep(keepAs, answer, passed);
  });
  upstream.on("error", () => (response.headersSent ? response.destroy() : refuse(response, 502, ours)));
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}

function keep(name, answer, headers) {
  if (!/immutable/.test(headers["cache-control"] ?? "")) return;
  const parts = [];
  answer.on("data", (part) => parts.push(part));
  answer.on("end", () => {
    const body = Buffer.concat(parts);
    if (keptBytes + body.length > KEPT_BYTES_MAX) return;
    keptBytes += body.length;
    kept.set(name, { headers, body });
  });
}

function refuse(response, status, headers) {
  response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  response.end(`${status} ${http.STATUS_CODES[status]}\n`);
}

/** A path pattern of a behaviour, in which `*` stands for any text. */
function matches(pattern, path) {
  const parts = pattern.replace(/^([^/*])/, "/$1").split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(path);
}

function without(headers, names) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
