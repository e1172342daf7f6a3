import { readFileSync } from 'node:fs';

export interface Account {
  email: string;
  password: string;
  name: string;
  role: string;
}

interface Endpoints {
  web: string;
  accounts: Account[];
}

const path = process.env['STOA_ENDPOINTS'] ?? new URL('../../../.local/endpoints.json', import.meta.url);

/** The running stack, as its deployment described itself. */
export const stack = JSON.parse(readFileSync(path, 'utf8')) as Endpoints;

export type Who = 'learner' | 'instructor' | 'grader' | 'admin';

export function account(who: Who): Account {
  const found = stack.accounts.find((each) => each.email === `${who}@demo.example`);
  if (!found) throw new Error(`The stack has no account ${who}@demo.example.`);
  return found;
}
