import { Work } from './work.svelte';

interface Page<T> {
  items: T[];
  next: string | null;
}

/**
 * A list that is looked through as a whole and comes page by page: the first is enough to begin with, the rest follows
 * while it is looked at.
 */
export class WholeList<T> {
  all = $state.raw<T[]>([]);
  /** Whether everything is here: until then nobody can say that something is not in it. */
  isWhole = $state(false);
  readonly rest = new Work();
  #fetch: (cursor: string | null) => Promise<Page<T>>;
  #next: string | null = null;
  #turn = 0;

  constructor(fetch: (cursor: string | null) => Promise<Page<T>>) {
    this.#fetch = fetch;
  }

  /** From the beginning; what is here stays until the first page has come. */
  async fetchFirst(): Promise<void> {
    const turn = ++this.#turn;
    const page = await this.#fetch(null);
    if (turn !== this.#turn) return;
    this.all = [];
    this.#take(page);
    void this.fetchRest();
  }

  /** After a failure it goes on where it stopped. */
  fetchRest = () =>
    this.rest.run(async () => {
      while (this.#next) {
        const turn = this.#turn;
        const page = await this.#fetch(this.#next);
        // Somebody began afresh meanwhile: this page belongs to the list before.
        if (turn === this.#turn) this.#take(page);
      }
    });

  #take({ items, next }: Page<T>): void {
    this.all = [...this.all, ...items];
    this.#next = next;
    this.isWhole = next === null;
  }
}
