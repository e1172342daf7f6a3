// Signs a GET or HEAD of the local S3 (Signature Version 4), as a distribution with origin access control does on AWS.

import { createHash, createHmac } from "node:crypto";

const EMPTY = createHash("sha256").update("").digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();
const encode = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The path with its query, and the headers, of a signed request for an object. */
export function signedRequest({ method, host, region, bucket, key, query, credentials, now = new Date() }) {
  const path = `/${bucket}/${key.split("/").map(encode).join("/")}`;
  const search = [...query].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort().join("&");
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const signed = { host, "x-amz-content-sha256": EMPTY, "x-amz-date": time };
  const names = Object.keys(signed).join(";");
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`).join("");
  const canonical = [method, path, search, lines, names, EMPTY].join("\n");
  const digest = createHash("sha256").update(canonical).digest("hex");
  const keys = [time.slice(0, 8), region, "s3", "aws4_request"];
  const signingKey = keys.reduce(hmac, `AWS4${credentials.secret}`);
  const signature = hmac(signingKey, ["AWS4-HMAC-SHA256", time, scope, digest].join("\n")).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.id}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { path: search ? `${path}?${search}` : path, headers: { ...signed, authorization } };
}
