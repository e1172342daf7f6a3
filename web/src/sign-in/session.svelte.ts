import { SignedOut, Unreachable } from '../api/problem';
import { me as askWhoIAm } from '../api/requests';
import type { Me } from '../api/types';
import { finishSignIn, leavePool, refresh } from './flow';
import { forgetOwner, holdTokens, owner, subjectOf, tokens, type Tokens } from './tokens';

type Status = 'starting' | 'out' | 'in' | 'ended';

class Session {
  status = $state<Status>('starting');
  me = $state<Me | null>(null);

  get isLearnerOnly(): boolean {
    return !this.has('admin') && !this.has('instructor') && !this.has('grader');
  }
  /** Administers the whole organisation; an administrator of one cohort or course does not. */
  get administers(): boolean {
    return this.me?.roles.includes('admin') ?? false;
  }
  /** Runs this cohort: makes its dates, enrols, withdraws and moves. */
  runs(cohort: string): boolean {
    const roles = ['instructor', 'admin'].flatMap((role) => [role, `${role}@${cohort}`]);
    return this.me?.roles.some((held) => roles.includes(held)) ?? false;
  }
  /** Runs every cohort, those that are not there yet as well. */
  get makesCohorts(): boolean {
    return this.me?.roles.some((held) => held === 'instructor' || held === 'admin') ?? false;
  }
  has(role: string): boolean {
    return this.me?.roles.some((held) => held === role || held.startsWith(`${role}@`)) ?? false;
  }
}

export const session = new Session();

/** Refreshed this long before the end, so that a slow request still arrives with a valid token. */
const margin_ms = 60_000;

/**
 * sessionStorage is per tab. A new tab asks the others for the session instead of sending the person through the
 * sign-in page again; the channel reaches only pages of this origin. Tabs may be of two people: none takes over or ends
 * the session of somebody else.
 */
const others = new BroadcastChannel('stoa.session');
type Message = { ask: true } | { tokens: Tokens } | { signed_out: string };

others.onmessage = ({ data }: MessageEvent<Message>) => {
  if ('ask' in data) {
    const held = tokens();
    if (held) others.postMessage({ tokens: held } satisfies Message);
  } else if ('tokens' in data) {
    const held = tokens();
    if (held ? isNewer(data.tokens, held) : answered) holdTokens(data.tokens);
    answered?.();
  } else if (data.signed_out === owner()) {
    forgetOwner();
    location.assign('/');
  }
};

const isNewer = (theirs: Tokens, ours: Tokens) =>
  subjectOf(theirs) === subjectOf(ours) && theirs.expires_at > ours.expires_at;

let answered: (() => void) | null = null;
const otherTabs_ms = 100;

function askOtherTabs(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      answered = null;
      resolve();
    };
    answered = done;
    others.postMessage({ ask: true } satisfies Message);
    setTimeout(done, otherTabs_ms);
  });
}

export async function startSession(): Promise<void> {
  if (!tokens()) await askOtherTabs();
  session.status = tokens() ? 'in' : 'out';
}

/** Whether this very tab was signed in before; the others are not asked. */
export function resume(): boolean {
  session.status = tokens() ? 'in' : 'out';
  return session.status === 'in';
}

export async function completeSignIn(query: URLSearchParams): Promise<string> {
  const { tokens: fresh, back_to } = await finishSignIn(query);
  const before = owner();
  holdTokens(fresh);
  session.status = 'in';
  // Where somebody else was is nowhere for whoever comes after them.
  return before && before !== owner() ? '/' : back_to;
}

const meKey = 'stoa.me';
/** The owner of this tab when this document asked who they are: what it shows is theirs. */
let madeFor: string | null = null;

/** Offline, the answer of this tab's last visit does: nothing here is decided by it. */
export async function whoAmI(): Promise<Me> {
  madeFor = owner();
  try {
    const me = await askWhoIAm();
    sessionStorage.setItem(meKey, JSON.stringify(me));
    return me;
  } catch (error) {
    const before = error instanceof Unreachable ? sessionStorage.getItem(meKey) : null;
    if (!before) throw error;
    return JSON.parse(before) as Me;
  }
}

let refreshing: Promise<string> | null = null;

export async function accessToken(): Promise<string> {
  const held = tokens();
  if (!held) throw ended();
  if (held.expires_at - margin_ms > Date.now()) return held.access_token;
  // Ten requests at once make one refresh.
  refreshing ??= renew(held).finally(() => (refreshing = null));
  return refreshing;
}

async function renew(held: Tokens): Promise<string> {
  let fresh: Tokens | null;
  try {
    fresh = await refresh(held.refresh_token);
  } catch (cause) {
    if (!isHeld(held)) return heldInstead(held);
    // Until the very end the old token may do; the gateway decides.
    if (held.expires_at > Date.now()) return held.access_token;
    throw cause instanceof Unreachable ? cause : new Unreachable(cause);
  }
  if (!isHeld(held)) return heldInstead(held);
  if (!fresh) throw ended();
  holdTokens(fresh);
  others.postMessage({ tokens: fresh } satisfies Message);
  return fresh.access_token;
}

/** While a refresh is on its way, somebody may sign out, and somebody else may sign in: then it is of nobody here. */
const isHeld = (before: Tokens) =>
  tokens()?.refresh_token === before.refresh_token && owner() === subjectOf(before);

/** Another tab may have been faster. */
function heldInstead(before: Tokens): string {
  const held = tokens();
  if (held && isNewer(held, before)) return held.access_token;
  throw new SignedOut();
}

function ended(): SignedOut {
  holdTokens(null);
  if (session.status === 'in') session.status = 'ended';
  return new SignedOut();
}

export function forgetAccess(): void {
  const held = tokens();
  if (held) holdTokens({ ...held, expires_at: 0 });
}

export async function signOut(): Promise<void> {
  const signed_out = owner();
  forgetOwner();
  if (signed_out) others.postMessage({ signed_out } satisfies Message);
  await leavePool();
}

/** A browser that goes back may show a page as it was left. It is not for anybody else who sits there now. */
export function listenForReturns(): () => void {
  const listen = ({ persisted }: PageTransitionEvent) => {
    if (persisted && madeFor && madeFor !== owner()) location.reload();
  };
  addEventListener('pageshow', listen);
  return () => removeEventListener('pageshow', listen);
}
