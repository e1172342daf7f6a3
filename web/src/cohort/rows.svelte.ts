import * as ask from '../api/requests';
import type { Row } from '../api/types';
import { outlineOf } from '../outline/course';
import { byText } from '../ui/order';
import { WholeList } from '../ui/wholeList.svelte';
import { placesOf, stateWords, type StateWords } from './states';

export type Order = 'name' | 'progress' | 'activity';

/** The rows of a cohort, as somebody looks through them. */
export class CohortRows {
  readonly list: WholeList<Row>;
  asOf = $state<string | null>(null);
  filter = $state('');
  order = $state<Order>('name');
  view = $state<'overview' | 'matrix'>('overview');
  page = $state(0);
  readonly perPage = 50;

  #places = new Map<string, Map<string, number>>();

  constructor(cohort: string) {
    this.list = new WholeList(({ enrolment }) => enrolment, async (cursor) => {
      const { rows, next, as_of } = await ask.rows(cohort, cursor);
      await this.#learn(rows);
      if (!cursor) this.asOf = as_of;
      return { items: rows, next: next ?? null };
    });
  }

  /** States are letters in the order of the row's own Release, which need not be the cohort's. */
  async #learn(rows: Row[]): Promise<void> {
    for (const release of new Set(rows.map((row) => row.release))) {
      if (!this.#places.has(release)) this.#places.set(release, placesOf(await outlineOf(release)));
    }
  }

  stateOf = (row: Row, node: string): StateWords =>
    stateWords(row.states[this.#places.get(row.release)?.get(node) ?? -1]);

  /** Who is withdrawn is looked after on the members' page; numbers here are of those who learn. */
  readonly present = $derived.by(() => this.list.all.filter((row) => !row.withdrawn));
  readonly withdrawn = $derived.by(() => this.list.all.length - this.present.length);

  readonly found = $derived.by(() => {
    const wanted = this.filter.trim().toLocaleLowerCase();
    const rows = wanted
      ? this.present.filter((row) => row.name.toLocaleLowerCase().includes(wanted))
      : this.present;
    return rows.toSorted(comparisons[this.order]);
  });

  readonly shown = $derived(this.found.slice(this.page * this.perPage, (this.page + 1) * this.perPage));

  look(filter: string): void {
    this.filter = filter;
    this.page = 0;
  }

  sort(order: Order): void {
    this.order = order;
    this.page = 0;
  }
}

const byName = (a: Row, b: Row) => byText(a.name, b.name);
const share = (row: Row) => (row.trackable === 0 ? 0 : row.completed / row.trackable);

/** Whoever may need somebody comes first: least done, longest away. */
const comparisons: Record<Order, (a: Row, b: Row) => number> = {
  name: byName,
  progress: (a, b) => share(a) - share(b) || byName(a, b),
  activity: (a, b) => (a.last_activity_at ?? '').localeCompare(b.last_activity_at ?? '') || byName(a, b),
};
