/**
 * The words of the API as the pages use them.
 * Hand-written until the generated `schema.d.ts` is there; nothing outside this file names the source.
 */
export interface Me {
  person: string;
  name: string;
  tenant: { id: string; name: string };
  roles: string[];
}

/** A civil time in the cohort's zone and the instant it falls on. */
export interface Deadline {
  civil: string;
  zone: string;
  at: string;
}

export interface Enrolment {
  enrolment: string;
  cohort: { id: string; name: string; zone: string };
  course_title: string;
  release: string;
  completed: number;
  trackable: number;
  next_due: (Deadline & { node: string; title: string }) | null;
  continue_node: string | null;
  as_of: string | null;
}

export type NodeKind = 'section' | 'lesson' | 'assessment';

export interface OutlineNode {
  id: string;
  parent: string | null;
  kind: NodeKind;
  title: string;
  required: boolean;
  gated: boolean;
  has_blocks: boolean;
  minutes: number | null;
  assessment: {
    attempts_max: number | null;
    time_limit_minutes: number | null;
    points_max: number;
    item_count: number;
  } | null;
}

export interface Asset {
  name: string;
  content_type: string;
  size: number;
}

export interface Outline {
  release: string;
  course: string;
  title: string;
  language: string;
  number: number;
  nodes: OutlineNode[];
  assets: Record<string, Asset>;
}

export type Block =
  | { type: 'html'; html: string }
  | { type: 'image'; asset: string; alt: string }
  | { type: 'file'; asset: string; title: string }
  | { type: 'link'; url: string; title: string };

export interface NodeFile {
  node: string;
  blocks: Block[];
}

export type Verdict = 'met' | 'unmet' | 'pending' | 'impossible';

export interface Explained {
  type: string;
  label?: string | null;
  verdict: Verdict;
  node?: string | null;
  current?: string | null;
  needed?: string | null;
  conditions?: Explained[] | null;
}

export interface NodeProgress {
  verdict: Verdict;
  locked: boolean;
  completion: Explained;
  access: Explained | null;
  viewed: boolean;
  done: boolean;
}

export interface AttemptResult {
  status: 'scored' | 'awaits_person';
  points: number;
  points_max: number;
}

export interface Progress {
  enrolment: string;
  person: string;
  cohort: string;
  release: string;
  sequence: number;
  as_of: string;
  completed: number;
  trackable: number;
  nodes: Record<string, NodeProgress>;
  results: Record<string, { attempts: Record<string, AttemptResult> }>;
  deadlines: Record<string, Deadline>;
}

export type ItemKind = 'single_choice' | 'multiple_choice' | 'true_false' | 'numeric' | 'free_text';

export interface Item {
  id: string;
  kind: ItemKind;
  prompt_html: string;
  points_max: number;
  choices: { id: string; html: string }[];
}

export type Answer =
  | { type: 'choice'; choices: string[] }
  | { type: 'number'; value: string }
  | { type: 'text'; text: string };

export type Answers = Record<string, Answer>;

export interface AttemptSummary {
  attempt: number;
  state: 'open' | 'closed';
  opened_at: string;
  closes_at: string | null;
  submitted_at: string | null;
  grade: Grade | null;
}

export interface StartPage {
  assessment: string;
  title: string;
  item_count: number;
  points_max: number;
  attempts_max: number | null;
  time_limit_minutes: number | null;
  due: Deadline | null;
  attempts: AttemptSummary[];
  next_attempt: number | null;
  refusal: null | 'attempts-used' | 'closed' | 'locked';
}

export interface Receipt {
  enrolment: string;
  assessment: string;
  attempt: number;
  submission_id: string;
  digest: string;
  received_at: string;
  code: string;
  late: boolean;
}

export interface Grade {
  status: 'scored' | 'awaits_person';
  points: number;
  points_max: number;
  revision: number;
  items: Record<string, { status: 'scored' | 'awaits_person' | 'unanswered'; points: number; points_max: number }>;
}

export interface AttemptView {
  attempt: number;
  state: 'open' | 'closed';
  closed_reason: null | 'handed_in' | 'time_up';
  rev: number;
  saved_at: string | null;
  opened_at: string;
  closes_at: string | null;
  accept_until: string | null;
  items: Item[];
  answers: Answers;
  receipt: Receipt | null;
  grade: Grade | null;
}

export interface DraftSaved {
  rev: number;
  saved_at: string;
}

export interface Cohort {
  cohort: string;
  name: string;
  course: string;
  course_title: string;
  release: string;
  zone: string;
  members: number;
  deadlines: Record<string, { civil: string }>;
}

export interface RowResult {
  node: string;
  status: 'none' | 'open' | 'scored' | 'awaits_person';
  points: number | null;
  points_max: number | null;
  attempts: number;
}

export interface Row {
  enrolment: string;
  person: string;
  name: string;
  completed: number;
  trackable: number;
  /** One letter per node in outline order: m met, u unmet, p pending, x impossible, - not tracked. */
  states: string;
  results: RowResult[];
  last_activity_at: string | null;
  sequence: number;
}

export interface RowsPage {
  as_of: string | null;
  outline: { release: string };
  rows: Row[];
  next: string | null;
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  errors?: { pointer: string; detail: string }[];
  receipt?: Receipt;
  rev?: number;
}
