import type { AttemptPath } from '../api/requests';
import type { AttemptView, OutlineNode } from '../api/types';

/**
 * The questions as they last came, for this tab only: going on with a quiz must not need the connection. It ends with the
 * tab; what the learner writes is kept elsewhere, for longer.
 */
export interface Snapshot {
  node: OutlineNode;
  language: string;
  view: AttemptView;
  assets: Record<string, string>;
}

const name = (at: AttemptPath) => `stoa.quiz.${at.enrolment}.${at.assessment}.${at.attempt}`;

export function remember(at: AttemptPath, snapshot: Snapshot): void {
  try {
    sessionStorage.setItem(name(at), JSON.stringify(snapshot));
  } catch {
    // Without room for it the quiz only needs its connection again.
  }
}

export function recall(at: AttemptPath): Snapshot | null {
  try {
    return JSON.parse(sessionStorage.getItem(name(at)) ?? 'null') as Snapshot | null;
  } catch {
    return null;
  }
}

/** The server has newer answers than the questions came with. */
export function rememberView(at: AttemptPath, view: AttemptView): void {
  const before = recall(at);
  if (!before) return;
  if (view.state === 'open') remember(at, { ...before, view });
  else sessionStorage.removeItem(name(at));
}
