import { Unreachable } from '../api/problem';

/** Written beside the app at deploy; the app itself is the same bytes everywhere. */
export interface Config {
  authorize_url: string;
  token_url: string;
  logout_url: string;
  client_id: string;
  redirect_path: string;
  scope: string;
  content_origin: string;
}

let fetched: Promise<Config> | null = null;

export function config(): Promise<Config> {
  fetched ??= fetch('/config.json', { cache: 'no-cache' })
    .then((response) => {
      if (!response.ok) throw new Error(`config.json: ${response.status}`);
      return response.json() as Promise<Config>;
    })
    .catch((cause: unknown) => {
      fetched = null;
      throw new Unreachable(cause);
    });
  return fetched;
}
