import { call, get, post, put } from './client';
import { readEdge } from './edge';
import type {
  Answers,
  AttemptView,
  AuditEntry,
  Channel,
  Cohort,
  CohortToPut,
  CourseInList,
  DraftSaved,
  Enrolment,
  Inbox,
  Erasure,
  Export,
  Me,
  NodeFile,
  NotificationKind,
  Outline,
  Preference,
  Organisation,
  PeopleDiff,
  PeoplePart,
  Person,
  Progress,
  Receipt,
  Release,
  RollLine,
  RowsPage,
  StartPage,
} from './types';

const e = encodeURIComponent;

export const me = () => get<Me>('/api/me');
export const enrolments = () =>
  get<{ enrolments: Enrolment[] }>('/api/me/enrolments').then((answer) => answer.enrolments);
export const progress = (enrolment: string) => get<Progress>(`/api/enrolments/${e(enrolment)}/progress`);

export const outline = (tenant: string, release: string) =>
  readEdge<Outline>(`/t/${e(tenant)}/r/${e(release)}/outline.json`);
export const openNode = (tenant: string, release: string, node: string) =>
  readEdge<NodeFile>(`/t/${e(tenant)}/r/${e(release)}/n/${e(node)}.json`);
export const gatedNode = (enrolment: string, node: string) =>
  get<NodeFile>(`/api/enrolments/${e(enrolment)}/nodes/${e(node)}`);
export const assetUrls = (enrolment: string, node: string, ids: string[]) =>
  get<{ urls: Record<string, string> }>(
    `/api/enrolments/${e(enrolment)}/nodes/${e(node)}/assets?ids=${ids.map(e).join(',')}`,
  ).then((answer) => answer.urls);

export interface FactToSend {
  kind: 'viewed' | 'done';
  node: string;
  occurred_at: string;
}
export const facts = (enrolment: string, sent: FactToSend[]) =>
  post<{ accepted: number }>(`/api/enrolments/${e(enrolment)}/facts`, { facts: sent });

export interface ReadingToSend {
  beats: { node: string; from: string; to: string }[];
  scrolled: { node: string; percent: number }[];
  watched: { node: string; video: string; from_ms: number; to_ms: number }[];
}
/** It may go out as the page closes. */
export const reading = (enrolment: string, report: ReadingToSend) =>
  post<{ nodes: number }>(`/api/enrolments/${e(enrolment)}/reading`, report, { keepalive: true });

export interface AttemptPath {
  enrolment: string;
  assessment: string;
  attempt: number;
}
const assessmentPath = (enrolment: string, assessment: string) =>
  `/api/enrolments/${e(enrolment)}/assessments/${e(assessment)}`;
const attemptPath = (at: AttemptPath) => `${assessmentPath(at.enrolment, at.assessment)}/attempts/${at.attempt}`;

export const startPage = (enrolment: string, assessment: string) =>
  get<StartPage>(assessmentPath(enrolment, assessment));
export const openAttempt = (at: AttemptPath) => put<AttemptView>(attemptPath(at), {});
export const attempt = (at: AttemptPath) => get<AttemptView>(attemptPath(at));
export const saveDraft = (at: AttemptPath, rev: number, answers: Answers, keepalive: boolean) =>
  put<DraftSaved>(`${attemptPath(at)}/draft`, { rev, answers }, { keepalive });
export const submit = (at: AttemptPath, submission_id: string, answers: Answers) =>
  put<Receipt>(`${attemptPath(at)}/submission`, { submission_id, answers });

export const inbox = (cursor: string | null) =>
  get<Inbox>(`/api/me/notifications${cursor ? `?cursor=${e(cursor)}` : ''}`);
export const countUnread = () =>
  get<{ unread: number }>('/api/me/notifications/unread').then((answer) => answer.unread);
export const markRead = (notifications: string[], keepalive = false) =>
  post<{ unread: number }>('/api/me/notifications/read', { notifications }, { keepalive }).then(
    (answer) => answer.unread,
  );
type Grid = { preferences: Preference[] };
export const preferences = () => get<Grid>('/api/me/preferences').then((answer) => answer.preferences);
export const putPreference = (kind: NotificationKind, channel: Channel, on: boolean) =>
  put<Grid>(`/api/me/preferences/${kind}/${channel}`, { on }).then((answer) => answer.preferences);
export const unsubscribe = (link: string) =>
  post<{ kind: NotificationKind; channel: Channel }>(`/api/unsubscribe/${e(link)}`, null, { open: true });

export const putCohort = (id: string, cohort: CohortToPut) => put<Cohort>(`/api/cohorts/${e(id)}`, cohort);
export const roll = (cohort: string, text: string) =>
  post<{ lines: RollLine[] }>(`/api/cohorts/${e(cohort)}/roll`, { text }).then((answer) => answer.lines);
export const enrol = (cohort: string, people: string[]) =>
  post<{ enrolments: { person: string; status: string }[] }>(`/api/cohorts/${e(cohort)}/enrolments`, { people });
const enrolmentPath = (cohort: string, enrolment: string) =>
  `/api/cohorts/${e(cohort)}/enrolments/${e(enrolment)}`;
export const withdraw = (cohort: string, enrolment: string) =>
  post<unknown>(`${enrolmentPath(cohort, enrolment)}/withdrawal`, {});
export const reinstate = (cohort: string, enrolment: string) =>
  call<unknown>('DELETE', `${enrolmentPath(cohort, enrolment)}/withdrawal`);
export const moveTo = (cohort: string, enrolment: string, to: string) =>
  put<unknown>(`${enrolmentPath(cohort, enrolment)}/cohort`, { cohort: to });
export const courses = () => get<{ courses: CourseInList[] }>('/api/courses').then((answer) => answer.courses);
export const releases = (course: string) =>
  get<{ releases: Release[] }>(`/api/courses/${e(course)}/releases`).then((answer) => answer.releases);

export const organisation = () => get<Organisation>('/api/organisation');
export const putOrganisation = (settings: Organisation) => put<Organisation>('/api/organisation', settings);
export const people = (cursor: string | null) =>
  get<{ people: Person[]; next: string | null }>(`/api/people${cursor ? `?cursor=${e(cursor)}` : ''}`);
export const person = (key: string) => get<Person>(`/api/people/${e(key)}`);
export const invite = (invited: { email: string; name: string; roles: string[] }) =>
  post<{ people: { person: string; status: 'invited' | 'existing' }[] }>('/api/people', { people: [invited] });
export const putRoles = (key: string, roles: string[]) => put<Person>(`/api/people/${e(key)}/roles`, { roles });
export const inviteAgain = (key: string) => post<Person>(`/api/people/${e(key)}/invitation`, {});
export const deactivate = (key: string) => post<Person>(`/api/people/${e(key)}/deactivation`, {});
export const reactivate = (key: string) => call<Person>('DELETE', `/api/people/${e(key)}/deactivation`);
export const lookAtPeople = (text: string) => post<PeopleDiff>('/api/people/diff', { text });
export const applyPeople = (part: PeoplePart, confirmed: boolean) =>
  post<{ lines: { line: number; status: 'done' | 'already' | 'changed_since' }[] }>('/api/people/changes', {
    ...part,
    confirmed,
  });

export interface AuditFilter {
  from?: string | undefined;
  until?: string | undefined;
  person?: string | undefined;
}
const auditQuery = (wanted: Record<string, string | undefined>) =>
  Object.entries(wanted)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}=${e(value ?? '')}`)
    .join('&');
export const audit = (filter: AuditFilter, cursor?: string) =>
  get<{ entries: AuditEntry[]; next: string | null }>(`/api/audit?${auditQuery({ ...filter, cursor })}`);
export const exportAudit = (form: 'csv' | 'jsonl', filter: AuditFilter, cursor?: string) =>
  get<{ text: string; next: string | null }>(`/api/audit/export?${auditQuery({ form, ...filter, cursor })}`);

export const cohorts = () => get<{ cohorts: Cohort[] }>('/api/cohorts').then((answer) => answer.cohorts);
export const cohort = (id: string) => get<Cohort>(`/api/cohorts/${e(id)}`);
export const rows = (id: string, cursor: string | null) =>
  get<RowsPage>(`/api/cohorts/${e(id)}/rows${cursor ? `?cursor=${e(cursor)}` : ''}`);

export const myExport = () => get<Export>('/api/me/export');
export const askMyExport = () => post<Export>('/api/me/export', {});
const personPath = (person: string) => `/api/people/${e(person)}`;
export const exportOf = (person: string) => get<Export>(`${personPath(person)}/export`);
export const fetchExport = (person: string) => post<{ url: string }>(`${personPath(person)}/export/address`, {});
export const askExport = (person: string) => post<Export>(`${personPath(person)}/export`, {});
export const erasure = (person: string) => get<Erasure>(`${personPath(person)}/erasure`);
export const askErasure = (person: string) => put<Erasure>(`${personPath(person)}/erasure`, {});
export const takeBackErasure = (person: string) => call<Erasure>('DELETE', `${personPath(person)}/erasure`);
