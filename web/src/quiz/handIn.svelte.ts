import { Problem, SignedOut } from '../api/problem';
import * as ask from '../api/requests';
import type { Answers, Receipt } from '../api/types';
import { dropDrafts, dropSubmission, freeze, keepDraft, keptSubmission, type KeptSubmission } from './kept';

export type Outcome =
  | { is: 'ready' }
  | { is: 'sending' }
  /** Sent, and no clear answer came back: it may have arrived. */
  | { is: 'unclear' }
  | { is: 'handed_in'; receipt: Receipt; by: 'this' | 'another' }
  | { is: 'time_up'; error: Problem }
  | { is: 'refused'; error: unknown };

const retries_ms = [2_000, 5_000, 10_000, 20_000];

/**
 * Handing in. The id and the body are frozen together before the first try and sent unchanged until the server has said
 * something definite; a reload takes up the same ones.
 */
export class HandIn {
  outcome = $state.raw<Outcome>({ is: 'ready' });
  frozen = $state.raw<KeptSubmission | null>(null);

  #at: ask.AttemptPath;
  #title: string;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(at: ask.AttemptPath, title: string) {
    this.#at = at;
    this.#title = title;
    this.frozen = keptSubmission(at);
    if (this.frozen) this.outcome = { is: 'unclear' };
  }

  async send(answers: Answers): Promise<void> {
    if (this.outcome.is === 'sending') return;
    clearTimeout(this.#timer);
    this.frozen = freeze(this.#at, this.#title, answers);
    this.outcome = { is: 'sending' };
    try {
      const receipt = await ask.submit(this.#at, this.frozen.submission_id, this.frozen.answers);
      this.#settle({ is: 'handed_in', receipt, by: 'this' });
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The connection is back, or the person asks: the same id, the same body. */
  again = (): void => {
    if (this.frozen && this.outcome.is === 'unclear') void this.send(this.frozen.answers);
  };

  stop(): void {
    clearTimeout(this.#timer);
  }

  #failed(error: unknown): void {
    if (error instanceof Problem && !error.unclear && error.status !== 401) {
      if (error.receipt) this.#settle({ is: 'handed_in', receipt: error.receipt, by: 'another' });
      else if (error.status === 410) this.#tooLate(error);
      else {
        // A clear no: nothing was stored under this id, so the answers may be changed and handed in afresh.
        dropSubmission(this.#at);
        this.frozen = null;
        this.outcome = { is: 'refused', error };
      }
      return;
    }
    this.outcome = { is: 'unclear' };
    if (error instanceof SignedOut) return;
    this.#timer = setTimeout(this.again, retries_ms[Math.min(this.#tries, retries_ms.length - 1)]);
    this.#tries += 1;
  }

  /** What was not taken is nowhere but here: it stays on the device, as answers that never arrived. */
  #tooLate(error: Problem): void {
    if (this.frozen) keepDraft(this.#at, this.#title, { base: {}, sent: [], answers: this.frozen.answers });
    dropSubmission(this.#at);
    this.frozen = null;
    this.outcome = { is: 'time_up', error };
  }

  #settle(outcome: Outcome): void {
    dropSubmission(this.#at);
    dropDrafts(this.#at);
    this.frozen = null;
    this.outcome = outcome;
  }
}
