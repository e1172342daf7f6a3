import type { AuditEntry } from '../api/types';

type Act = AuditEntry['act'];

/** What was done, as a sentence goes on after who did it. */
export const actWords: Record<Act, (entry: AuditEntry) => string> = {
  organisation_made: () => 'made the organisation',
  settings_changed: () => 'changed the organisation’s settings',
  invited: (entry) => `invited ${personWords(entry)}`,
  roles_changed: (entry) => `changed the roles of ${personWords(entry)}`,
  deactivated: (entry) => `ended the access of ${personWords(entry)}`,
  reactivated: (entry) => `gave ${personWords(entry)} access back`,
  cohort_made: (entry) => `made the cohort ${entry.cohort}`,
  cohort_changed: (entry) => `changed the cohort ${entry.cohort}`,
  enrolled: (entry) => `enrolled ${personWords(entry)} in ${entry.cohort}`,
  withdrawn: (entry) => `withdrew ${personWords(entry)} from ${entry.cohort}`,
  reinstated: (entry) => `took ${personWords(entry)} back into ${entry.cohort}`,
  moved: (entry) => `moved ${personWords(entry)} to ${entry.cohort}`,
  published: (entry) => `published the course ${entry.course}`,
  archive_asked: (entry) => `asked for the archive of ${personWords(entry)}`,
  erasure_asked: (entry) => `asked that ${personWords(entry)} be erased`,
  erasure_taken_back: (entry) => `took the erasure of ${personWords(entry)} back`,
  erased: (entry) => `had ${personWords(entry)} erased`,
};

const personWords = (entry: AuditEntry) => entry.person?.name || 'somebody who is gone';
export const actorWords = (entry: AuditEntry) => (entry.actor ? entry.actor.name || 'Somebody who is gone' : 'The operator');
