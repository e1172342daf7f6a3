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
  #keyOf: (item: T) => string;
  #fetch: (cursor: string | null) => Promise<Page<T>>;
  #next: string | null = null;
  #turn = 0;
  /** What was changed here since the first page came, by key: pages that follow say what was before. */
  #changed = new Map<string, T | null>();

  constructor(keyOf: (item: T) => string, fetch: (cursor: string | null) => Promise<Page<T>>) {
    this.#keyOf = keyOf;
    this.#fetch = fetch;
  }

  /** From the beginning; what is here stays until the first page has come. */
  async fetchFirst(): Promise<void> {
    const turn = ++this.#turn;
    const page = await this.#fetch(null);
    if (turn !== this.#turn) return;
    this.all = [];
    this.#changed.clear();
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

  /** An item as it is now, or that it is here no more. */
  change(key: string, item: T | null): void {
    this.#changed.set(key, item);
    this.all = [...this.all.filter((each) => this.#keyOf(each) !== key), ...(item ? [item] : [])];
  }

  #take({ items, next }: Page<T>): void {
    this.all = [...this.all, ...items.filter((item) => !this.#changed.has(this.#keyOf(item)))];
    this.#next = next;
    this.isWhole = next === null;
  }
}
