import * as ask from '../api/requests';
import type { Person } from '../api/types';
import { byText } from '../ui/order';
import { WholeList } from '../ui/wholeList.svelte';
import { grant } from './roles';

/** Everybody of the organisation, as somebody looks for them. */
export class PeopleList {
  readonly list = new WholeList<Person>(({ person }) => person, async (cursor) => {
    const { people, next } = await ask.people(cursor);
    return { items: people, next };
  });
  search = $state('');
  role = $state('');
  state = $state('');
  page = $state(0);
  readonly perPage = 50;

  readonly found = $derived.by(() => {
    const wanted = this.search.trim().toLocaleLowerCase();
    const fits = (person: Person) =>
      (!wanted || `${person.name} ${person.email}`.toLocaleLowerCase().includes(wanted)) &&
      (!this.role || person.roles.some((held) => grant(held).role === this.role)) &&
      (!this.state || person.state === this.state);
    return this.list.all.filter(fits).toSorted((a, b) => byText(a.name, b.name));
  });
  readonly shown = $derived(this.found.slice(this.page * this.perPage, (this.page + 1) * this.perPage));
}
