/**
 * The words of the API as the pages use them, taken from the document that the server's own types wrote
 * (`npm run types`). Nothing outside this file names the generated one.
 */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Me = Schemas['Me'];
export type EdgeSession = Schemas['EdgeSession'];

/** A civil time in the cohort's zone and the instant it falls on. */
export type Deadline = Pick<Schemas['Due'], 'civil' | 'zone' | 'at'>;
export type Enrolment = Schemas['MyEnrolment'];

export type Outline = Schemas['Outline'];
export type OutlineNode = Schemas['OutlineNode'];
export type Asset = Schemas['Asset'];
export type NodeFile = Schemas['NodeContent'];
export type Block = Schemas['Block'];

export type Progress = Schemas['ProgressView'];
export type NodeProgress = Schemas['NodeProgress'];
export type Explained = Schemas['Explained'];
export type Rule = Schemas['Rule'];
export type Verdict = Schemas['Verdict'];

export type StartPage = Schemas['AssessmentStart'];
export type AttemptSummary = Schemas['AttemptSummary'];
export type AttemptView = Schemas['AttemptView'];
export type Item = Schemas['Item'];
export type Answer = Schemas['Answer'];
/** By item. */
export type Answers = Record<string, Answer>;
export type DraftSaved = Schemas['DraftSaved'];
export type Receipt = Schemas['Receipt'];
export type Grade = Schemas['Grade'];

export type Cohort = Schemas['CohortView'];
export type Row = Schemas['CohortRow'];
export type RowResult = Schemas['CohortResult'];
export type RowsPage = Schemas['CohortRows'];

export type Inbox = Schemas['Inbox'];
export type Notification = Schemas['NotificationView'];
export type Notice = Schemas['Notice'];
export type NotificationKind = Schemas['PreferenceView']['kind'];
export type Channel = Schemas['Unsubscribed']['channel'];
export type Preference = Schemas['PreferenceView'];
export type Export = Schemas['ExportView'];
export type Erasure = Schemas['ErasureView'];

export type CohortToPut = Schemas['PutCohort'];
export type CourseInList = Schemas['Course'];
export type Release = Schemas['ReleaseView'];
export type RollLine = Schemas['RollLine'];

export type Organisation = Schemas['OrganisationView'];
export type Accent = Schemas['Accent'];
export type Person = Schemas['PersonView'];
export type PeopleDiff = Schemas['PeopleDiff'];
export type PersonLine = Schemas['PersonLine'];
export type PeoplePart = Schemas['PeoplePart'];
export type AuditEntry = Schemas['AuditEntry'];

export type ProblemDocument = Schemas['Problem'];
