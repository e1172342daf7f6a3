import type { AttemptPath } from '../api/requests';
import type { Answers } from '../api/types';
import { sameAnswers } from './answers';
import { drop, keep, kept, namesWith, type KeptWork } from '../offline/kept.svelte';
import { pathTo } from '../routing/place.svelte';

const name = (kind: string, at: AttemptPath) => `${kind}.${at.enrolment}.${at.assessment}.${at.attempt}`;

/** Answers the server has not confirmed, and what they were based on, so that they can still be merged after a reload. */
export interface KeptDraft extends KeptWork {
  kind: 'draft';
  /** What the server held when this was written, as far as this tab knows. */
  base: Answers;
  /** What was sent since then and not confirmed: the server may hold any of it. */
  sent: Answers[];
  answers: Answers;
}

/** Tabs keep beside each other: one that has saved must not strike off what another has not. */
const tabKey = 'stoa.tab';
const tab = sessionStorage.getItem(tabKey) ?? crypto.randomUUID();
sessionStorage.setItem(tabKey, tab);

const draftName = (at: AttemptPath) => `${name('draft', at)}.${tab}`;

export const keepDraft = (at: AttemptPath, title: string, draft: Pick<KeptDraft, 'base' | 'sent' | 'answers'>): boolean =>
  keep(draftName(at), {
    kind: 'draft',
    title,
    path: pathTo.attempt(at.enrolment, at.assessment, at.attempt),
    ...draft,
  } satisfies KeptDraft);
/** What this tab keeps is settled, unless it has kept something else meanwhile. */
export function dropDraft(at: AttemptPath, settled: Answers): void {
  const standing = kept<KeptDraft>(draftName(at));
  if (standing && sameAnswers(standing.answers, settled)) drop(draftName(at));
}

/** Drafts of this attempt from all tabs, those that are long closed included. */
export const keptDrafts = (at: AttemptPath): KeptDraft[] =>
  namesWith(`${name('draft', at)}.`).flatMap((each) => kept<KeptDraft>(each) ?? []);
export function dropDrafts(at: AttemptPath): void {
  for (const each of namesWith(`${name('draft', at)}.`)) drop(each);
}

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
