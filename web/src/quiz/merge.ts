import type { Answer, Answers } from '../api/types';
import { same } from './answers';

/** An item that was changed here and in another tab, differently. */
export interface Conflict {
  item: string;
  theirs: Answer | undefined;
}

/**
 * Three-way, item by item, against what both sides last agreed on. Where only one side moved, that side wins. Where both
 * did, what stands on this page stays, and the other answer is offered: nothing typed is ever silently dropped.
 */
export function merge(base: Answers, mine: Answers, theirs: Answers): { answers: Answers; conflicts: Conflict[] } {
  const answers: Answers = {};
  const conflicts: Conflict[] = [];
  for (const item of new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)])) {
    const [was, here, there] = [base[item], mine[item], theirs[item]];
    const chosen = same(here, was) ? there : here;
    if (chosen) answers[item] = chosen;
    if (!same(here, was) && !same(there, was) && !same(here, there)) conflicts.push({ item, theirs: there });
  }
  return { answers, conflicts };
}
