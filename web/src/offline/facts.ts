import { Problem } from '../api/problem';
import * as ask from '../api/requests';
import { drop, keep, kept } from './kept.svelte';

/**
 * "Seen" and "done" may come twice, late or out of order: the server folds them. So they are written down first and
 * sent when there is a way, and nobody waits for them.
 */
const name = (enrolment: string) => `facts.${enrolment}`;

interface KeptFacts {
  kind: 'facts';
  facts: ask.FactToSend[];
}

/** More at once would be refused, and a refusal strikes off what was sent. */
const at_once_max = 100;

const waiting = (enrolment: string) => kept<KeptFacts>(name(enrolment))?.facts ?? [];

function leave(enrolment: string, facts: ask.FactToSend[]): void {
  if (facts.length === 0) drop(name(enrolment));
  else keep(name(enrolment), { kind: 'facts', facts } satisfies KeptFacts);
}

export type Outcome = 'received' | 'kept' | 'refused';

export async function record(enrolment: string, kind: 'viewed' | 'done', node: string): Promise<Outcome> {
  leave(enrolment, [...waiting(enrolment), { kind, node, occurred_at: new Date().toISOString() }]);
  return sendFacts(enrolment);
}

let last: Promise<unknown> = Promise.resolve();

/** One at a time, so that two answers cannot both strike the same facts off the list. */
export function sendFacts(enrolment: string): Promise<Outcome> {
  const sending = last.then(() => sendWaiting(enrolment));
  last = sending;
  return sending;
}

async function sendWaiting(enrolment: string): Promise<Outcome> {
  const sent = waiting(enrolment).slice(0, at_once_max);
  if (sent.length === 0) return 'received';
  try {
    await ask.facts(enrolment, sent);
  } catch (cause) {
    const refused = cause instanceof Problem && !cause.unclear && cause.status !== 401;
    // A refusal stays a refusal however often it is sent.
    if (refused) leave(enrolment, waiting(enrolment).slice(sent.length));
    return refused ? 'refused' : 'kept';
  }
  leave(enrolment, waiting(enrolment).slice(sent.length));
  return sent.length < at_once_max ? 'received' : sendWaiting(enrolment);
}
