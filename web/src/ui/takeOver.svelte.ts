import { Work } from './work.svelte';

interface Steps<Seen, Part> {
  /** Says what the table would do, and changes nothing. */
  look: (text: string) => Promise<Seen>;
  /** What there is to do, in parts of one request each. */
  parts: (seen: Seen) => Part[];
  /** How much a part is, in what the person counts. */
  size: (part: Part) => number;
  apply: (part: Part) => Promise<void>;
}

/** A table that is looked at before anything changes, and then taken over part by part. What is done stays done. */
export class TakeOver<Seen, Part> {
  text = $state('');
  seen = $state.raw<Seen | null>(null);
  readonly work = new Work();
  #steps: Steps<Seen, Part>;
  #partsDone = $state(0);
  readonly #parts = $derived.by(() => (this.seen ? this.#steps.parts(this.seen) : []));
  readonly toDo = $derived(this.#sizeOf(this.#parts));
  readonly done = $derived(this.#sizeOf(this.#parts.slice(0, this.#partsDone)));

  constructor(steps: Steps<Seen, Part>) {
    this.#steps = steps;
  }

  get stage(): 'table' | 'lines' | 'done' {
    if (this.seen === null) return 'table';
    return this.toDo > 0 && this.done === this.toDo ? 'done' : 'lines';
  }

  look = () =>
    this.work.run(async () => {
      const seen = await this.#steps.look(this.text);
      this.#partsDone = 0;
      this.seen = seen;
    });

  /** After a failure it goes on with the part that failed. */
  takeOver = () =>
    this.work.run(async () => {
      for (const part of this.#parts.slice(this.#partsDone)) {
        await this.#steps.apply(part);
        this.#partsDone += 1;
      }
    });

  back = () => {
    if (this.work.busy) return;
    this.work.failure = null;
    this.seen = null;
  };

  #sizeOf(parts: Part[]): number {
    return parts.reduce((sum, part) => sum + this.#steps.size(part), 0);
  }
}
