import { Unreachable } from '../api/problem';
import { config } from './config';
import { challengeOf, randomText } from './pkce';
import type { Tokens } from './tokens';

const key = 'stoa.signing-in';

interface Begun {
  state: string;
  verifier: string;
  back_to: string;
}

const redirectUri = (path: string) => new URL(path, location.origin).href;

export async function beginSignIn(back_to: string): Promise<void> {
  const { authorize_url, client_id, redirect_path, scope } = await config();
  const begun: Begun = { state: randomText(), verifier: randomText(), back_to };
  sessionStorage.setItem(key, JSON.stringify(begun));
  const url = new URL(authorize_url, location.origin);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: redirectUri(redirect_path),
    scope,
    state: begun.state,
    code_challenge: await challengeOf(begun.verifier),
    code_challenge_method: 'S256',
  }).toString();
  location.assign(url);
}

export class SignInRefused extends Error {}

/** Ends the flow that `beginSignIn` began in this tab; answers where the person wanted to go. */
export async function finishSignIn(query: URLSearchParams): Promise<{ tokens: Tokens; back_to: string }> {
  const begun = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Begun | null;
  const refused = query.get('error_description') ?? query.get('error');
  if (refused) throw new SignInRefused(refused);
  const code = query.get('code');
  if (!begun || !code || query.get('state') !== begun.state) {
    throw new SignInRefused('This sign-in was begun in another tab, or it was already used.');
  }
  const { redirect_path, client_id } = await config();
  const answer = await askForTokens({
    grant_type: 'authorization_code',
    client_id,
    code,
    redirect_uri: redirectUri(redirect_path),
    code_verifier: begun.verifier,
  });
  if (!answer) throw new SignInRefused('The sign-in page answered, but its code was not accepted.');
  // Only now: a lost answer may be retried by reloading the page.
  sessionStorage.removeItem(key);
  return { tokens: answer, back_to: begun.back_to };
}

export async function refresh(refresh_token: string): Promise<Tokens | null> {
  const { client_id } = await config();
  return askForTokens({ grant_type: 'refresh_token', client_id, refresh_token }, refresh_token);
}

/** `null` where the pool says no for good; throws `Unreachable` where asking again may help. */
async function askForTokens(form: Record<string, string>, refresh_token = ''): Promise<Tokens | null> {
  const { token_url } = await config();
  let response: Response;
  try {
    response = await fetch(token_url, {
      method: 'POST',
      body: new URLSearchParams(form),
      signal: AbortSignal.timeout(20_000),
    });
  } catch (cause) {
    throw new Unreachable(cause);
  }
  if (response.status >= 500 || response.status === 429) throw new Unreachable(response.status);
  if (!response.ok) return null;
  const answer = (await response.json()) as { access_token: string; refresh_token?: string; expires_in: number };
  return {
    access_token: answer.access_token,
    // The pool sends a new refresh token only where it rotates them.
    refresh_token: answer.refresh_token ?? refresh_token,
    expires_at: Date.now() + answer.expires_in * 1000,
  };
}

export async function leavePool(): Promise<void> {
  const { logout_url, client_id } = await config();
  const url = new URL(logout_url, location.origin);
  url.search = new URLSearchParams({ client_id, logout_uri: location.origin + '/' }).toString();
  location.assign(url);
}
