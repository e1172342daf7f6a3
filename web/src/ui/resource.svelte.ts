import { Unreachable } from '../api/problem';

type State<T> = { is: 'loading' } | { is: 'ready'; value: T } | { is: 'failed'; error: unknown };

/**
 * Something a page fetches: on its way, here, or refused, and never two of these at once. What only lacked the connection
 * is fetched again when that is back.
 */
export class Resource<T> {
  state = $state.raw<State<T>>({ is: 'loading' });
  #fetch: () => Promise<T>;
  #turn = 0;

  constructor(fetch: () => Promise<T>) {
    this.#fetch = fetch;
    void this.reload();
  }

  get value(): T | null {
    return this.state.is === 'ready' ? this.state.value : null;
  }

  /** Keeps showing what is there until the newer value is here. */
  async refresh(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const value = await this.#fetch();
      if (turn === this.#turn) this.state = { is: 'ready', value };
    } catch (error) {
      if (turn !== this.#turn || this.state.is === 'ready') return;
      this.state = { is: 'failed', error };
      const again = () => void (turn === this.#turn && this.reload());
      if (error instanceof Unreachable) addEventListener('online', again, { once: true });
    }
  }

  reload = async (): Promise<void> => {
    this.state = { is: 'loading' };
    await this.refresh();
  };

  set(value: T): void {
    this.#turn += 1;
    this.state = { is: 'ready', value };
  }
}
