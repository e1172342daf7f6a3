/** How lesson text points at things: `asset:ID` and `node:ID`, or an address on the open web. */
export type Reference = { to: 'asset'; id: string } | { to: 'node'; id: string } | { to: 'web'; url: string } | null;

const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const webSchemes = new Set(['https:', 'http:', 'mailto:']);

export function referenceOf(value: string | null): Reference {
  if (!value) return null;
  const [, scheme, rest = ''] = /^(asset|node):(.*)$/.exec(value.trim()) ?? [];
  if (scheme === 'asset' || scheme === 'node') return idPattern.test(rest) ? { to: scheme, id: rest } : null;
  return webAddress(value);
}

export function webAddress(value: string): Reference {
  try {
    const url = new URL(value);
    return webSchemes.has(url.protocol) ? { to: 'web', url: url.href } : null;
  } catch {
    return null;
  }
}

export function assetsIn(html: string): string[] {
  return [...html.matchAll(/["']asset:([A-Za-z0-9][A-Za-z0-9_-]{0,63})["']/g)].map((found) => found[1] as string);
}
