import * as ask from '../api/requests';
import type { Person } from '../api/types';
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

  /** The first page is enough to begin with; the rest follows while it is looked at. */
  async fetchFirst(): Promise<void> {
    const { people, next } = await ask.people(null);
    this.all = people;
    this.isWhole = !next;
    if (next) void this.fetchRest(next).catch(() => undefined);
  }

  async fetchRest(cursor: string): Promise<void> {
    let next: string | null = cursor;
    while (next) {
      const answer: { people: Person[]; next: string | null } = await ask.people(next);
      this.all = [...this.all, ...answer.people];
      next = answer.next;
    }
    this.isWhole = true;
  }

  readonly found = $derived.by(() => {
    const wanted = this.search.trim().toLocaleLowerCase();
    const fits = (person: Person) =>
      (!wanted || `${person.name} ${person.email}`.toLocaleLowerCase().includes(wanted)) &&
      (!this.role || person.roles.some((held) => grant(held).role === this.role)) &&
      (!this.state || person.state === this.state);
    return this.all.filter(fits).toSorted((a, b) => a.name.localeCompare(b.name));
  });
  readonly pages = $derived(Math.max(1, Math.ceil(this.found.length / this.perPage)));
  readonly shown = $derived(this.found.slice(this.page * this.perPage, (this.page + 1) * this.perPage));
}
