/**
 * Tokens live in memory, with a copy in sessionStorage so that a reload in the middle of a quiz does not ask for a
 * password. sessionStorage ends with the tab and is not shared, unlike localStorage, which would leave a working
 * refresh token on a library's computer. Script on this origin can read either; the defence against that is that no
 * foreign content runs here (`script-src 'self'`, uploads from another origin, sanitised blocks).
 */
export interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_at: number;
}

const key = 'stoa.tokens';
let held: Tokens | null = null;

export function tokens(): Tokens | null {
  if (held) return held;
  try {
    held = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Tokens | null;
  } catch {
    held = null;
  }
  return held;
}

export function holdTokens(next: Tokens | null): void {
  held = next;
  if (next) sessionStorage.setItem(key, JSON.stringify(next));
  else sessionStorage.removeItem(key);
}
