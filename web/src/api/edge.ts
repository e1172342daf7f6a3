import { serverNow } from '../time/clock';
import { post } from './client';
import { Problem, Unreachable } from './problem';
import type { EdgeSession } from './types';

const patience_ms = 20_000;
/** Cookies that are about to run out are as good as none. */
const margin_ms = 5_000;

// Scripts cannot read the cookies that open the edge, so this is all we know of them.
let open_until = 0;
let opening: Promise<void> | null = null;

function open(): Promise<void> {
  opening ??= post<EdgeSession>('/api/session', null)
    .then(({ expires_at }) => {
      open_until = Date.parse(expires_at);
    })
    .finally(() => (opening = null));
  return opening;
}

async function ask(path: string): Promise<Response> {
  try {
    return await fetch(path, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(patience_ms) });
  } catch (cause) {
    throw new Unreachable(cause);
  }
}

/** Reads what the edge serves. It knows no tokens, only cookies, and those live for less than half a minute. */
export async function readEdge<T>(path: string): Promise<T> {
  if (serverNow() > open_until - margin_ms) await open();
  let response = await ask(path);
  if (response.status === 403) {
    // Our clock may be wrong, or somebody else has signed in beside us. Fresh cookies settle it.
    await open();
    response = await ask(path);
  }
  // It says of what is not there that it may not be had.
  if (response.status === 403) throw new Problem({ type: 'not-found', title: 'Not there', status: 404 });
  if (!response.ok) throw await Problem.from(response);
  try {
    return (await response.json()) as T;
  } catch (cause) {
    throw new Unreachable(cause);
  }
}
