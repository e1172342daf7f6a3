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
  /** Fetches what follows the first page. Whoever begins afresh gets another, and the one before ends. */
  rest = $state.raw(new Work());
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
    this.rest = new Work();
    this.#take(page);
    void this.fetchRest();
  }

  /** After a failure it goes on where it stopped. */
  fetchRest = () => {
    const rest = this.rest;
    return rest.run(async () => {
      while (this.#next) {
        const page = await this.#fetch(this.#next);
        // Another first page came meanwhile: this one follows the list before.
        if (rest !== this.rest) return;
        this.#take(page);
      }
    });
  };

  #take({ items, next }: Page<T>): void {
    this.all = [...this.all, ...items];
    this.#next = next;
    this.isWhole = next === null;
  }
}
