import type { AttemptPath } from '../api/requests';
import type { Answers } from '../api/types';
import { drop, keep, kept, type KeptWork } from '../offline/kept.svelte';
import { pathTo } from '../routing/place.svelte';

const name = (kind: string, at: AttemptPath) => `${kind}.${at.enrolment}.${at.assessment}.${at.attempt}`;

/** Answers the server has not confirmed, and what they were based on, so that they can still be merged after a reload. */
export interface KeptDraft extends KeptWork {
  kind: 'draft';
  rev: number;
  base: Answers;
  answers: Answers;
}

export const keepDraft = (at: AttemptPath, title: string, rev: number, base: Answers, answers: Answers): boolean =>
  keep(name('draft', at), {
    kind: 'draft',
    title,
    path: pathTo.attempt(at.enrolment, at.assessment, at.attempt),
    rev,
    base,
    answers,
  } satisfies KeptDraft);
export const keptDraft = (at: AttemptPath) => kept<KeptDraft>(name('draft', at));
export const dropDraft = (at: AttemptPath) => drop(name('draft', at));

/**
 * A hand-in, frozen: one id, one body, for ever. It is written down before the first try, because after an answer that
 * got lost only the same id with the same body is safe to send again.
 */
export interface KeptSubmission extends KeptWork {
  kind: 'submission';
  submission_id: string;
  answers: Answers;
  frozen_at: string;
}

export function freeze(at: AttemptPath, title: string, answers: Answers): KeptSubmission {
  const standing = keptSubmission(at);
  if (standing) return standing;
  const frozen: KeptSubmission = {
    kind: 'submission',
    title,
    path: `${pathTo.attempt(at.enrolment, at.assessment, at.attempt)}/review`,
    submission_id: crypto.randomUUID(),
    answers,
    frozen_at: new Date().toISOString(),
  };
  keep(name('submission', at), frozen);
  return frozen;
}
export const keptSubmission = (at: AttemptPath) => kept<KeptSubmission>(name('submission', at));
export const dropSubmission = (at: AttemptPath) => drop(name('submission', at));
