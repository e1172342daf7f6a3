// The two origins that a browser talks to, in place of the CloudFront distributions of AWS:
//
//   web      the built application, /config.json, and /api and /t, which go to the HTTP API;
//   content  presigned objects of the uploads bucket and nothing else, sandboxed: uploaded files are
//            other people's work and never share the application's origin.
//
// Plain node:http rather than `vite preview`: it sends the headers that production sends, streams
// both ways, needs none of web/node_modules and is one file that can be read in a minute.
//
// Usage: node serve.mjs SETTINGS.json   (see local.py, which writes it)

import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import http from "node:http";
import { extname, join, normalize } from "node:path";

const settings = JSON.parse(await readFile(process.argv[2], "utf8"));
const { aws_port, api_id, uploads_bucket, web_root, web_config, web_origin, content_origin, sign_in_origin } = settings;

const TYPES = {
  ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8", ".json": "application/json", ".png": "image/png",
  ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2", ".xml": "application/xml",
};

const WEB_HEADERS = {
  "content-security-policy": [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "manifest-src 'self'",
    "worker-src 'self'", `img-src 'self' data: ${content_origin}`, `media-src ${content_origin}`,
    `connect-src 'self' ${sign_in_origin} ${content_origin}`, `frame-src ${content_origin}`,
    "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
  ].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

const CONTENT_HEADERS = {
  "content-security-policy":
    `sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors ${web_origin}`,
  "cross-origin-resource-policy": "cross-origin",
  "access-control-allow-origin": web_origin,
  "vary": "origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const HOP_BY_HOP = ["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
  "transfer-encoding", "upgrade"];

http.createServer(web).listen(settings.web_port, "127.0.0.1");
http.createServer(content).listen(settings.content_port, "127.0.0.1");

async function web(request, response) {
  const [pathname] = request.url.split("?");
  if (pathname.startsWith("/api/") || pathname.startsWith("/t/")) {
    return forward(request, response, `${api_id}.execute-api.localhost:${aws_port}`, WEB_HEADERS);
  }
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, WEB_HEADERS);
  if (pathname === "/config.json") return sendFile(request, response, web_config, "no-store");

  const path = fileOf(pathname);
  if (path && (await isFile(path))) {
    const hashed = pathname.startsWith("/assets/");
    return sendFile(request, response, path, hashed ? "public, max-age=31536000, immutable" : "no-cache");
  }
  // A page's address is the application's to resolve; a missing file is a missing file.
  if (extname(pathname)) return refuse(response, 404, WEB_HEADERS);
  return sendFile(request, response, join(web_root, "index.html"), "no-cache");
}

function content(request, response) {
  const [pathname, query] = request.url.split("?");
  if (request.method === "OPTIONS") {
    response.writeHead(204, {
      ...CONTENT_HEADERS,
      "access-control-allow-methods": "GET, PUT",
      "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "content-type",
      "access-control-max-age": "3600",
    });
    return response.end();
  }
  const presigned = new URLSearchParams(query).has("X-Amz-Signature") && pathname.startsWith(`/${uploads_bucket}/`);
  if (!presigned || !["GET", "HEAD", "PUT"].includes(request.method)) return refuse(response, 404, CONTENT_HEADERS);
  // The signature covers the host that the function signed for.
  forward(request, response, `127.0.0.1:${aws_port}`, CONTENT_HEADERS);
}

/** Streams a request to the local AWS and its answer back, under our own security headers. */
function forward(request, response, host, headers) {
  const upstream = http.request({
    host: "127.0.0.1", port: aws_port, method: request.method, path: request.url,
    headers: { ...without(request.headers, HOP_BY_HOP), host },
  });
  upstream.on("response", (answer) => {
    // The local AWS allows every origin everywhere; AWS does not, so what it says about CORS ends here.
    const theirs = Object.keys(answer.headers).filter((name) => /^(access-control|x-amz)/.test(name));
    response.writeHead(answer.statusCode, { ...without(answer.headers, [...HOP_BY_HOP, ...theirs]), ...headers });
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  upstream.on("error", () => (response.headersSent ? response.destroy() : refuse(response, 502, headers)));
  response.on("close", () => upstream.destroy());
  request.pipe(upstream);
}

async function sendFile(request, response, path, cacheControl) {
  let size;
  try {
    ({ size } = await stat(path));
  } catch {
    return refuse(response, 404, WEB_HEADERS);
  }
  response.writeHead(200, {
    ...WEB_HEADERS, "cache-control": cacheControl, "content-length": size,
    "content-type": TYPES[extname(path)] ?? "application/octet-stream",
  });
  if (request.method === "HEAD") return response.end();
  createReadStream(path).on("error", () => response.destroy()).pipe(response);
}

function refuse(response, status, headers) {
  const problem = { type: "about:blank", status, title: http.STATUS_CODES[status] };
  response.writeHead(status, { ...headers, "content-type": "application/problem+json", "cache-control": "no-store" });
  response.end(JSON.stringify(problem));
}

/** The file under the web root that a path names, or nothing when it would lead out of it. */
function fileOf(pathname) {
  try {
    const path = normalize(join(web_root, decodeURIComponent(pathname)));
    return path.startsWith(web_root) && !path.includes("\0") ? path : null;
  } catch {
    return null;
  }
}

async function isFile(path) {
  return stat(path).then((found) => found.isFile(), () => false);
}

function without(headers, names) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
