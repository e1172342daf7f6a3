import { Problem } from '../api/problem';
import * as ask from '../api/requests';
import type { Enrolment, Outline, Progress } from '../api/types';
import { session } from '../sign-in/session.svelte';

/** Everything a learner's page needs to know about the course it is in. */
export interface Course {
  enrolment: Enrolment;
  outline: Outline;
  progress: Progress;
}

// A release never changes, so its outline is fetched once a visit.
const outlines = new Map<string, Promise<Outline>>();

export function outlineOf(release: string): Promise<Outline> {
  const tenant = session.me?.tenant.id ?? '';
  const known = outlines.get(release);
  if (known) return known;
  const fetched = ask.outline(tenant, release);
  outlines.set(release, fetched);
  fetched.catch(() => outlines.delete(release));
  return fetched;
}

let mine: Promise<Enrolment[]> | null = null;
let asked_at = 0;
/** The app asks for the list while it still asks who is there; the page that opens a moment later need not ask again. */
const fresh_ms = 3_000;

/** `known` is good enough for what an enrolment never changes; `fresh` also has how far it is. */
export function myEnrolments(wanted: 'fresh' | 'known'): Promise<Enrolment[]> {
  if (!mine || (wanted === 'fresh' && Date.now() - asked_at > fresh_ms)) {
    asked_at = Date.now();
    mine = ask.enrolments();
    mine.catch(() => (mine = null));
  }
  return mine;
}

/** Who was enrolled after the list was fetched is in a fresh one. */
export async function enrolmentOf(id: string): Promise<Enrolment> {
  for (const wanted of ['known', 'fresh'] as const) {
    const found = (await myEnrolments(wanted)).find((each) => each.enrolment === id);
    if (found) return found;
  }
  throw new Problem({ type: 'not-found', title: 'No such course', status: 404 });
}

export async function courseOf(enrolment: string): Promise<Course> {
  const asked = ask.progress(enrolment);
  // Asked for at the same time; a failure is looked at below.
  asked.catch(() => undefined);
  const found = await enrolmentOf(enrolment);
  const [outline, progress] = await Promise.all([outlineOf(found.release), asked]);
  return { enrolment: found, outline, progress };
}
