// Whether a request carries a signature that CloudFront would accept: in its address, or in its cookies.
//
// An address is signed with a canned policy (one address, until a time), cookies with a custom one (everything under a
// resource with wildcards, until a time). Signatures are ECDSA over SHA-256, in CloudFront's own base 64.

import { verify } from "node:crypto";

const OWN = ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"];

/** The query without what CloudFront keeps for itself. */
export function withoutOwn(query) {
  return [...query].filter(([name]) => !OWN.includes(name));
}

/** Whether the request may have what it asks for. `origin` is the one that the browser sees. */
export function isAllowed({ origin, url, cookies, key, keyId, now = Date.now() }) {
  const [path, search = ""] = url.split("?");
  const query = new URLSearchParams(search);
  // An address with a signature is judged by that alone, whatever cookies come along.
  if (OWN.some((name) => query.has(name))) {
    const kept = search.split("&").filter((part) => !OWN.includes(part.split("=")[0]));
    const resource = `${origin}${path}${kept.length ? `?${kept.join("&")}` : ""}`;
    const expires = query.get("Expires") ?? "";
    if (!/^\d{1,12}$/.test(expires)) return false;
    const policy = `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
    const given = { signature: query.get("Signature"), keyId: query.get("Key-Pair-Id"), hash: query.get("Hash-Algorithm") };
    return isSigned(policy, given, key, keyId) && Number(expires) * 1000 > now;
  }
  const policy = decode(cookies["CloudFront-Policy"]).toString();
  const given = {
    signature: cookies["CloudFront-Signature"], keyId: cookies["CloudFront-Key-Pair-Id"],
    hash: cookies["CloudFront-Hash-Algorithm"],
  };
  if (!isSigned(policy, given, key, keyId)) return false;
  const [statement, ...more] = JSON.parse(policy).Statement;
  const until = statement.Condition.DateLessThan["AWS:EpochTime"];
  return more.length === 0 && until * 1000 > now && matches(statement.Resource, `${origin}${url}`);
}

export function cookiesOf(header = "") {
  return Object.fromEntries(header.split(/; */).map((pair) => [pair.split("=")[0], pair.slice(pair.indexOf("=") + 1)]));
}

function isSigned(policy, given, key, keyId) {
  if (!given.signature || given.keyId !== keyId || given.hash !== "SHA256") return false;
  return verify("sha256", Buffer.from(policy), key, decode(given.signature));
}

function decode(text = "") {
  return Buffer.from(text.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"), "base64");
}

/** `*` stands for any text and `?` for any one character. */
function matches(pattern, text) {
  const parts = pattern.split(/([*?])/).map((part) => ({ "*": ".*", "?": "." })[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("")}$`, "s").test(text);
}
