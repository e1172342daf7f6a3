import { untrack } from 'svelte';

/** Where the person is. Links are ordinary links; a click on one of ours changes the place without a reload. */
class Place {
  path = $state(location.pathname);
  /** Counts arrivals, so that a page can be left for itself (a new attempt at the same address). */
  arrival = $state(0);
}

export const place = new Place();

const here = () => location.pathname + location.search;
/** Where the page that is shown was opened. */
let opened = here();

function arrive(): void {
  opened = here();
  // An effect that sends the person elsewhere must not run again for having done so.
  untrack(() => {
    place.path = location.pathname;
    place.arrival += 1;
  });
}

export function go(path: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', path);
  else history.replaceState(null, '', path);
  arrive();
  scrollTo(0, 0);
}

export function followLinks(): void {
  addEventListener('popstate', () => {
    // Another part of the same page, as by the link that skips to the content: what stands in its fields stays.
    if (here() !== opened) arrive();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return;
    if (link.origin !== location.origin) return;
    if (link.pathname === location.pathname && link.hash) return;
    event.preventDefault();
    go(link.pathname + link.search + link.hash);
  });
}

export const pathTo = {
  home: () => '/',
  course: (enrolment: string) => `/courses/${enrolment}`,
  lesson: (enrolment: string, node: string) => `/courses/${enrolment}/lessons/${node}`,
  quiz: (enrolment: string, assessment: string) => `/courses/${enrolment}/quizzes/${assessment}`,
  attempt: (enrolment: string, assessment: string, attempt: number | string) =>
    `/courses/${enrolment}/quizzes/${assessment}/${attempt}`,
  grades: (enrolment: string) => `/courses/${enrolment}/grades`,
  learner: (cohort: string, enrolment: string) => `/cohorts/${cohort}/learners/${enrolment}`,
  inbox: () => '/inbox',
  preferences: () => '/preferences',
  myData: () => '/my-data',
  cohorts: () => '/cohorts',
  cohort: (cohort: string) => `/cohorts/${cohort}`,
  newCohort: () => '/cohorts/new',
  cohortSettings: (cohort: string) => `/cohorts/${cohort}/settings`,
  members: (cohort: string) => `/cohorts/${cohort}/members`,
  enrol: (cohort: string) => `/cohorts/${cohort}/enrol`,
  admin: () => '/admin',
  people: () => '/admin/people',
  invite: () => '/admin/people/invite',
  importPeople: () => '/admin/people/import',
  person: (person: string) => `/admin/people/${person}`,
  organisation: () => '/admin/organisation',
  audit: () => '/admin/audit',
  auditOf: (person: string) => `/admin/audit/of/${person}`,
  node: (enrolment: string, node: { id: string; kind: string }) =>
    node.kind === 'assessment' ? pathTo.quiz(enrolment, node.id) : pathTo.lesson(enrolment, node.id),
};
