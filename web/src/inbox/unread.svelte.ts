import { countUnread } from '../api/requests';

/** How old the count may be before a visit to another page asks again. */
const fresh_ms = 60_000;

/** One number for the whole app: the header shows it, the inbox changes it. */
class UnreadCount {
  count = $state(0);
  #askedAt = -Infinity;

  set(count: number): void {
    this.count = count;
    this.#askedAt = Date.now();
  }

  /** Asks, unless it was asked a moment ago. A count that does not come changes nothing: nobody waits for it. */
  async refresh(): Promise<void> {
    if (Date.now() - this.#askedAt < fresh_ms) return;
    this.#askedAt = Date.now();
    try {
      this.count = await countUnread();
    } catch {
      this.#askedAt = -Infinity;
    }
  }
}

export const unread = new UnreadCount();
