import type { AuditEntry } from '../api/types';
import { dayAndClock } from '../time/words';
import { grantWords, stateWords } from './roles';

type Act = AuditEntry['act'];
type Change = AuditEntry['changes'][number];
/** What cohorts and courses are called, by their ids. */
type Names = ReadonlyMap<string, string>;

const somebody = 'somebody who is gone';
export const personWords = (entry: AuditEntry) => entry.person?.name || somebody;
export const actorWords = (entry: AuditEntry) => (entry.actor ? entry.actor.name || 'Somebody who is gone' : 'The operator');

const sentences: Record<Act, (person: string, cohort: string, course: string) => string> = {
  organisation_made: () => 'made the organisation',
  settings_changed: () => 'changed the organisation’s settings',
  invited: (person) => `invited ${person}`,
  invited_again: (person) => `invited ${person} again`,
  roles_changed: (person) => `changed the roles of ${person}`,
  deactivated: (person) => `ended the access of ${person}`,
  reactivated: (person) => `gave ${person} access back`,
  cohort_made: (_, cohort) => `made the cohort ${cohort}`,
  cohort_changed: (_, cohort) => `changed the cohort ${cohort}`,
  enrolled: (person, cohort) => `enrolled ${person} in ${cohort}`,
  withdrawn: (person, cohort) => `withdrew ${person} from ${cohort}`,
  reinstated: (person, cohort) => `took ${person} back into ${cohort}`,
  moved: (person, cohort) => `moved ${person} to ${cohort}`,
  published: (_, __, course) => `published the course ${course}`,
  archive_asked: (person) => `asked for the archive of ${person}`,
  archive_handed_out: (person) => `fetched the archive of ${person}`,
  erasure_asked: (person) => `asked that ${person} be erased`,
  erasure_taken_back: (person) => `took the erasure of ${person} back`,
  erased: (person) => `had ${person} erased`,
};

/** What was done to so many people, as a sentence goes on after who did it. */
export function actWords(entry: AuditEntry, people: number, names: Names): string {
  const nameOf = (id: string | null | undefined) => names.get(id ?? '') ?? id ?? '';
  const whom = people === 1 ? personWords(entry) : `${people} people`;
  return sentences[entry.act](whom, nameOf(entry.cohort), nameOf(entry.course));
}

/**
 * One request may do the same to many people: that is one thing to read, and each of its entries is in it. What it did
 * besides may stand between them.
 */
export function together(entries: AuditEntry[]): [AuditEntry, ...AuditEntry[]][] {
  const groups = new Map<string, [AuditEntry, ...AuditEntry[]]>();
  for (const entry of entries) {
    const same = JSON.stringify([entry.request, entry.act, entry.cohort, entry.course]);
    const group = groups.get(same);
    if (group) group.push(entry);
    else groups.set(same, [entry]);
  }
  return [...groups.values()];
}

interface Field {
  words: string;
  value?: (value: string, names: Names) => string;
}

const fields: Record<string, Field> = {
  name: { words: 'Name' },
  zone: { words: 'Time zone' },
  contact: { words: 'Whom to ask for help' },
  'accent on light': { words: 'Colour on light pages' },
  'accent on dark': { words: 'Colour on dark pages' },
  number: { words: 'Release' },
  release: { words: 'Release', value: (release) => release.slice(0, 12) },
  state: { words: 'Access', value: (state) => stateWords[state] ?? state },
  cohort: { words: 'Cohort', value: (cohort, names) => names.get(cohort) ?? cohort },
  roles: {
    words: 'Roles',
    value: (roles, names) => roles.split(' ').filter(Boolean).map((role) => grantWords(role, names)).join(' · ') || 'No role',
  },
  more: { words: 'More changes than are written down' },
};

export interface ChangeWords {
  field: string;
  from: string | null;
  to: string;
}

export function changeWords({ field, from, to }: Change, names: Names): ChangeWords {
  const due = /^deadline (.+)$/.exec(field);
  const known: Field = due ? { words: `Due: ${due[1]}`, value: (civil) => dayAndClock(civil) } : (fields[field] ?? { words: field });
  const value = (text: string | null | undefined) => (text == null ? null : (known.value?.(text, names) ?? text));
  return { field: known.words, from: value(from), to: value(to) ?? '–' };
}
