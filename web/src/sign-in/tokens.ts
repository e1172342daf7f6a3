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
    // A tab from before owners were written down belongs to whoever is signed in there.
    if (held && !owner()) sessionStorage.setItem(ownerKey, subjectOf(held));
  } catch {
    held = null;
  }
  return held;
}

export function holdTokens(next: Tokens | null): void {
  held = next;
  if (!next) return sessionStorage.removeItem(key);
  beginFor(subjectOf(next));
  sessionStorage.setItem(key, JSON.stringify(next));
}

/** Tells people on one browser apart, and decides nothing: what somebody may see, the server says. */
export function subjectOf({ access_token }: Tokens): string {
  const claims = (access_token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  return (JSON.parse(atob(claims)) as { sub: string }).sub;
}

const ownerKey = 'stoa.owner';

/** Whose this tab is: of whoever is signed in, or was until their session ended. Nobody's before a sign-in and after signing out. */
export const owner = (): string | null => sessionStorage.getItem(ownerKey);

/** What this tab remembers of somebody else is not for whoever comes after them. */
function beginFor(subject: string): void {
  if (owner() === subject) return;
  sessionStorage.clear();
  sessionStorage.setItem(ownerKey, subject);
}

/** Forgets who was here, and everything this tab remembers of them. */
export function forgetOwner(): void {
  held = null;
  sessionStorage.clear();
}
