import { accessToken, forgetAccess } from '../sign-in/session.svelte';
import { learnServerTime } from '../time/clock';
import { Problem, Unreachable } from './problem';

const patience_ms = 20_000;

interface Options {
  /** Lets the browser finish the request after the page is gone. */
  keepalive?: boolean;
  /** Asks without a sign-in: the address itself says on whose behalf. */
  open?: boolean;
}

async function send(method: string, path: string, body: string | null, options: Options): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json' };
  if (!options.open) headers['authorization'] = `Bearer ${await accessToken()}`;
  if (body !== null) headers['content-type'] = 'application/json';
  const asked = Date.now();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body,
      keepalive: options.keepalive ?? false,
      signal: AbortSignal.timeout(patience_ms),
    });
  } catch (cause) {
    throw new Unreachable(cause);
  }
  if (path.startsWith('/api/')) learnServerTime(response.headers.get('date'), asked, Date.now());
  return response;
}

export async function call<T>(method: string, path: string, body: unknown = null, options: Options = {}): Promise<T> {
  const text = body === null ? null : JSON.stringify(body);
  let response = await send(method, path, text, options);
  if (response.status === 401 && !options.open) {
    // The token may have run out between our clock and the gateway's. Asking once more with a fresh one settles it.
    forgetAccess();
    response = await send(method, path, text, options);
  }
  if (!response.ok) throw await Problem.from(response);
  try {
    return (await response.json()) as T;
  } catch (cause) {
    // An answer that breaks off says nothing about what was stored.
    throw new Unreachable(cause);
  }
}

export const get = <T>(path: string) => call<T>('GET', path);
export const put = <T>(path: string, body: unknown, options?: Options) => call<T>('PUT', path, body, options);
export const post = <T>(path: string, body: unknown, options?: Options) => call<T>('POST', path, body, options);
