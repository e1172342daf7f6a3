import { Problem, SignedOut, Unreachable } from '../api/problem';
import * as ask from '../api/requests';
import type { Answer, Answers, AttemptView } from '../api/types';
import { copyOf, isAnswered, sameAnswers } from './answers';
import { dropDraft, dropDrafts, keepDraft, keptDrafts } from './kept';
import { merge, type Conflict } from './merge';
import { rememberView } from './snapshot';

export type Saving =
  | { is: 'nothing' }
  | { is: 'saved'; at: string }
  | { is: 'typing' }
  | { is: 'saving' }
  | { is: 'kept' }
  | { is: 'refused'; error: unknown };

const quiet_ms = 1_500;
const longest_ms = 5_000;
const retries_ms = [2_000, 5_000, 10_000, 20_000, 30_000];
/** As many unconfirmed saves as are remembered; the device has little room. */
const sent_max = 3;

/** One attempt on the page: what is answered, and the truth about what the server has of it. */
export class OpenAttempt {
  readonly at: ask.AttemptPath;
  readonly title: string;
  view = $state.raw<AttemptView>() as AttemptView;
  answers = $state<Answers>({});
  saving = $state.raw<Saving>({ is: 'nothing' });
  conflicts = $state.raw<Conflict[]>([]);
  /** False where this browser refuses to store: then the page must not promise it. */
  keepable = $state(true);

  /** What the server held at `#rev`. */
  #base: Answers = {};
  #rev = 0;
  /** What was sent since and not confirmed: an answer that was lost does not say that nothing arrived. */
  #sent: Answers[] = [];
  /** The page has been left: whoever shows the attempt next holds its answers, and nothing here may touch them. */
  #left = false;
  #sending: Promise<void> | null = null;
  #dirtySince: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #tries = 0;

  constructor(at: ask.AttemptPath, title: string, view: AttemptView) {
    this.at = at;
    this.title = title;
    this.#take(view);
    if (view.state === 'open') this.#takeKept();
  }

  get #dirty(): boolean {
    return !sameAnswers(this.answers, this.#base);
  }

  get open(): boolean {
    return this.view.state === 'open';
  }

  answer(item: string, answer: Answer): void {
    if (isAnswered(answer)) this.answers[item] = answer;
    else delete this.answers[item];
    this.conflicts = this.conflicts.filter((each) => each.item !== item);
    this.#keep();
    if (!this.#dirty) return;
    this.saving = { is: 'typing' };
    this.#dirtySince ??= Date.now();
    this.#in(Math.min(quiet_ms, Math.max(0, this.#dirtySince + longest_ms - Date.now())));
  }

  /** Sends what is unsent now: on leaving a field, on leaving the page, before handing in. */
  async flush(keepalive = false): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#sending) await this.#sending;
    if (!this.#dirty || !this.open) return;
    this.#sending = this.#send(keepalive).finally(() => (this.#sending = null));
    await this.#sending;
  }

  /** Another tab may have answered, or handed in. */
  async lookAgain(): Promise<void> {
    if (this.#sending || !this.open) return;
    const view = await ask.attempt(this.at).catch(() => null);
    // The next save will say what is wrong. What was asked before a save that has arrived since is no news.
    if (!view || this.#left || (view.state === 'open' && view.rev < this.#rev)) return;
    const before = this.saving;
    this.#takeAndMerge(view);
    if (!this.open || !this.#dirty) return;
    this.#keep();
    // What was refused once is refused again, until it is changed.
    if (before.is === 'refused') this.saving = before;
    else this.#soon(0);
  }

  takeTheirs(conflict: Conflict): void {
    if (conflict.theirs) this.answer(conflict.item, conflict.theirs);
    else this.answer(conflict.item, { type: 'text', text: '' });
  }

  dismiss(conflict: Conflict): void {
    this.conflicts = this.conflicts.filter((each) => each !== conflict);
  }

  /** The page is left. What it was told to save before still goes out, once; nothing is tried again. */
  stop(): void {
    this.#left = true;
    clearTimeout(this.#timer);
  }

  #take(view: AttemptView): void {
    this.view = view;
    rememberView(this.at, view);
    this.#rev = view.rev;
    this.#base = copyOf(view.answers);
    this.answers = copyOf(view.answers);
    this.saving = view.saved_at ? { is: 'saved', at: view.saved_at } : { is: 'nothing' };
  }

  /** What this device holds and the server does not, from this tab before a reload or from tabs that are gone. */
  #takeKept(): void {
    const drafts = keptDrafts(this.at);
    if (drafts.length === 0) return;
    for (const { base, sent, answers } of drafts) this.#mergeOnto(this.#known(base, sent), answers);
    dropDrafts(this.at);
    if (!this.#dirty) return;
    this.#keep();
    void this.flush();
  }

  /** What both sides last agreed on: what the server holds may have come from here. */
  #known(base: Answers, sent: Answers[]): Answers {
    return (sent ?? []).find((each) => sameAnswers(each, this.#base)) ?? base;
  }

  #takeAndMerge(view: AttemptView): void {
    const [base, sent, mine] = [this.#base, this.#sent, copyOf(this.answers)];
    this.#take(view);
    if (this.open) this.#mergeOnto(this.#known(base, sent), mine);
  }

  #mergeOnto(base: Answers, mine: Answers): void {
    const merged = merge(base, mine, copyOf(this.answers));
    this.answers = copyOf(merged.answers);
    this.conflicts = [...this.conflicts, ...merged.conflicts];
  }

  #keep(): void {
    const draft = { base: this.#base, sent: this.#sent, answers: copyOf(this.answers) };
    this.keepable = keepDraft(this.at, this.title, draft);
  }

  #soon(ms: number): void {
    this.saving = { is: 'typing' };
    this.#in(ms);
  }

  #in(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#left) return;
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  async #send(keepalive: boolean): Promise<void> {
    const sent = copyOf(this.answers);
    this.saving = { is: 'saving' };
    this.#dirtySince = null;
    this.#sent = [...this.#sent.filter((each) => !sameAnswers(each, sent)), sent].slice(-sent_max);
    if (!this.#left) this.#keep();
    try {
      const { rev, saved_at } = await ask.saveDraft(this.at, this.#rev + 1, sent, keepalive);
      if (this.#left) return dropDraft(this.at, sent);
      this.#rev = rev;
      this.#base = sent;
      this.#sent = [];
      this.view = { ...this.view, rev, saved_at, answers: sent };
      rememberView(this.at, this.view);
      this.#tries = 0;
      if (this.#dirty) {
        this.#keep();
        this.#soon(quiet_ms);
      } else {
        dropDraft(this.at, sent);
        this.saving = { is: 'saved', at: saved_at };
      }
    } catch (error) {
      await this.#failed(error);
    }
  }

  async #failed(error: unknown): Promise<void> {
    // It stands on this device as it was sent.
    if (this.#left) return;
    this.#keep();
    const problem = error instanceof Problem ? error : null;
    if (problem?.kind === 'draft-stale' || problem?.kind === 'attempt-closed' || problem?.status === 410) {
      await this.#catchUp();
    } else if (error instanceof Unreachable || problem?.unclear) {
      this.#retryLater();
    } else {
      this.saving = error instanceof SignedOut ? { is: 'kept' } : { is: 'refused', error };
    }
  }

  /** The server has something newer: another tab's answers, or the end of the attempt. */
  async #catchUp(): Promise<void> {
    const view = await ask.attempt(this.at).catch(() => null);
    if (this.#left) return;
    if (!view) return this.#retryLater();
    this.#takeAndMerge(view);
    if (!this.open) return;
    this.#keep();
    if (this.#dirty) this.#soon(0);
    else dropDraft(this.at, this.answers);
  }

  #retryLater(): void {
    this.saving = { is: 'kept' };
    this.#in(retries_ms[Math.min(this.#tries, retries_ms.length - 1)] ?? 30_000);
    this.#tries += 1;
  }
}
