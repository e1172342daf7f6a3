import * as ask from '../api/requests';
import type { Person } from '../api/types';
import { byText } from '../ui/order';
import { Work } from '../ui/work.svelte';
import { grant } from './roles';

/** Everybody of the organisation: fetched page by page from the server, looked through here. */
export class PeopleList {
  all = $state.raw<Person[]>([]);
  isWhole = $state(false);
  search = $state('');
  role = $state('');
  state = $state('');
  page = $state(0);
  readonly perPage = 50;
  readonly rest = new Work();
  #next: string | null = null;

  /** The first page is enough to begin with; the rest follows while it is looked at. */
  async fetchFirst(): Promise<void> {
    const { people, next } = await ask.people(null);
    this.all = people;
    this.#reached(next);
    void this.fetchRest();
  }

  /** After a failure it goes on where it stopped. */
  fetchRest = () =>
    this.rest.run(async () => {
      while (this.#next) {
        const { people, next } = await ask.people(this.#next);
        this.all = [...this.all, ...people];
        this.#reached(next);
      }
    });

  #reached(next: string | null): void {
    this.#next = next;
    this.isWhole = next === null;
  }

  readonly found = $derived.by(() => {
    const wanted = this.search.trim().toLocaleLowerCase();
    const fits = (person: Person) =>
      (!wanted || `${person.name} ${person.email}`.toLocaleLowerCase().includes(wanted)) &&
      (!this.role || person.roles.some((held) => grant(held).role === this.role)) &&
      (!this.state || person.state === this.state);
    return this.all.filter(fits).toSorted((a, b) => byText(a.name, b.name));
  });
  readonly shown = $derived(this.found.slice(this.page * this.perPage, (this.page + 1) * this.perPage));
}
