import type { Component } from 'svelte';
import Home from '../home/Home.svelte';
import { session } from '../sign-in/session.svelte';
import NotFound from '../ui/NotFound.svelte';

/** A page takes its parameters as strings; what they mean is the page's own affair. */
export type Page = Component<any>;

interface Route {
  pattern: string;
  page: Page | (() => Promise<{ default: Page }>);
  lazy: boolean;
}

const now = (pattern: string, page: Page): Route => ({ pattern, page, lazy: false });
const later = (pattern: string, page: () => Promise<{ default: Page }>): Route => ({ pattern, page, lazy: true });
/** Others are told at once, not after they have filled in a form. Before it is known who is here, it is the page. */
const admin = (pattern: string, page: () => Promise<{ default: Page }>): Route =>
  later(pattern, () => (!session.me || session.administers ? page() : import('../admin/NotForYouPage.svelte')));

/** The first paint needs the home page; everything else comes when it is asked for. */
const routes: Route[] = [
  now('/', Home),
  later('/courses/:enrolment', () => import('../outline/OutlinePage.svelte')),
  later('/courses/:enrolment/grades', () => import('../grades/GradesPage.svelte')),
  later('/courses/:enrolment/lessons/:node', () => import('../lesson/LessonPage.svelte')),
  later('/courses/:enrolment/quizzes/:assessment', () => import('../quiz/StartPage.svelte')),
  later('/courses/:enrolment/quizzes/:assessment/:attempt', () => import('../quiz/ItemsPage.svelte')),
  later('/courses/:enrolment/quizzes/:assessment/:attempt/review', () => import('../quiz/ReviewPage.svelte')),
  later('/courses/:enrolment/quizzes/:assessment/:attempt/receipt', () => import('../quiz/ReceiptPage.svelte')),
  later('/inbox', () => import('../inbox/InboxPage.svelte')),
  later('/preferences', () => import('../preferences/PreferencesPage.svelte')),
  later('/unsubscribe/:link', () => import('../preferences/UnsubscribePage.svelte')),
  later('/my-data', () => import('../privacy/MyDataPage.svelte')),
  later('/cohorts', () => import('../cohort/CohortsPage.svelte')),
  later('/cohorts/new', () => import('../cohort/CohortFormPage.svelte')),
  later('/cohorts/:cohort/settings', () => import('../cohort/CohortFormPage.svelte')),
  later('/cohorts/:cohort/members', () => import('../cohort/MembersPage.svelte')),
  later('/cohorts/:cohort/enrol', () => import('../cohort/EnrolPage.svelte')),
  admin('/admin', () => import('../admin/AdminPage.svelte')),
  admin('/admin/people', () => import('../admin/PeoplePage.svelte')),
  admin('/admin/people/invite', () => import('../admin/InvitePage.svelte')),
  admin('/admin/people/import', () => import('../admin/ImportPage.svelte')),
  admin('/admin/people/:person', () => import('../admin/PersonPage.svelte')),
  admin('/admin/organisation', () => import('../admin/OrganisationPage.svelte')),
  admin('/admin/audit', () => import('../admin/AuditPage.svelte')),
  admin('/admin/audit/of/:person', () => import('../admin/AuditPage.svelte')),
  later('/cohorts/:cohort', () => import('../cohort/CohortPage.svelte')),
  later('/cohorts/:cohort/learners/:enrolment', () => import('../cohort/LearnerPage.svelte')),
];

export interface Match {
  key: string;
  params: Record<string, string>;
  load: () => Promise<Page> | Page;
}

function paramsOf(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) {
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        // An address that was cut off or mistyped names no page.
        return null;
      }
    } else if (part !== value) return null;
  }
  return params;
}

export function match(path: string): Match {
  for (const { pattern, page, lazy } of routes) {
    const params = paramsOf(pattern, path);
    if (!params) continue;
    const load = lazy
      ? () => (page as () => Promise<{ default: Page }>)().then((module) => module.default)
      : () => page as Page;
    return { key: path, params, load };
  }
  return { key: path, params: {}, load: () => NotFound };
}
