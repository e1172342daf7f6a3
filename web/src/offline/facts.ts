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

/** More at once would be refused. */
const at_once_max = 100;

const waiting = (enrolment: string) => kept<KeptFacts>(name(enrolment))?.facts ?? [];

function leave(enrolment: string, facts: ask.FactToSend[]): void {
  if (facts.length === 0) drop(name(enrolment));
  else keep(name(enrolment), { kind: 'facts', facts } satisfies KeptFacts);
}

/** All tabs share the list: by now it may have others, and no longer these. */
function strikeOff(enrolment: string, facts: ask.FactToSend[]): void {
  const keyOf = ({ kind, node, occurred_at }: ask.FactToSend) => `${kind} ${node} ${occurred_at}`;
  const struck = new Set(facts.map(keyOf));
  leave(enrolment, waiting(enrolment).filter((fact) => !struck.has(keyOf(fact))));
}

export type Outcome = 'received' | 'kept' | 'refused';

export async function record(enrolment: string, kind: 'viewed' | 'done', node: string): Promise<Outcome> {
  leave(enrolment, [...waiting(enrolment), { kind, node, occurred_at: new Date().toISOString() }]);
  return sendFacts(enrolment, node);
}

let last: Promise<unknown> = Promise.resolve();

/** One at a time, so that nothing is sent twice at once. Answers what became of the facts about this node. */
export async function sendFacts(enrolment: string, node?: string): Promise<Outcome> {
  const sending = last.then(() => sendWaiting(enrolment));
  last = sending;
  const isAbout = (fact: ask.FactToSend) => fact.node === node;
  if ((await sending).some(isAbout)) return 'refused';
  return waiting(enrolment).some(isAbout) ? 'kept' : 'received';
}

/** Sends all that waits, and answers what of it was refused. */
async function sendWaiting(enrolment: string, before: ask.FactToSend[] = []): Promise<ask.FactToSend[]> {
  const sent = waiting(enrolment).slice(0, at_once_max);
  if (sent.length === 0) return before;
  let refused: ask.FactToSend[] = [];
  try {
    await ask.facts(enrolment, sent);
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.unclear || cause.status === 401) return before;
    refused = refusedOf(sent, cause);
  }
  // A refusal stays a refusal however often it is sent. The others were not taken with it, and go out again.
  strikeOff(enrolment, refused.length > 0 ? refused : sent);
  return sendWaiting(enrolment, [...before, ...refused]);
}

/** Those that the server names, `/facts/3/node`; all of them if it names none. */
function refusedOf(sent: ask.FactToSend[], { errors }: Problem): ask.FactToSend[] {
  const named = errors.flatMap(({ pointer }) => sent[Number(/^\/facts\/(\d+)\b/.exec(pointer)?.[1] ?? -1)] ?? []);
  return named.length > 0 ? named : sent;
}
