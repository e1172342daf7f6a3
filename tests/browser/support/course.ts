import { randomUUID } from 'node:crypto';
import { expect, test as base, type Page } from '@playwright/test';
import { ask, signIn } from './signIn.ts';

interface Rule {
  type: string;
  assessment?: string | null;
  conditions?: Rule[];
}

export interface OutlineNode {
  id: string;
  kind: 'section' | 'lesson' | 'assessment';
  title: string;
  gated: boolean;
  completion: Rule;
  access?: Rule | null;
  has_blocks: boolean;
  assessment: { item_count: number } | null;
}

/** The demo course as one learner is enrolled in it. */
export interface Course {
  cohort: string;
  cohortName: string;
  enrolment: string;
  nodes: OutlineNode[];
  lesson: OutlineNode;
  /** Completed by being marked as done, not only by being opened. */
  markable: OutlineNode;
  /** Locked until a quiz is passed. */
  gated: OutlineNode;
  /** The quiz that opens it. */
  gate: OutlineNode;
  /** The longest open quiz: it has items of every kind. */
  quiz: OutlineNode;
}

interface Enrolment {
  enrolment: string;
  release: string;
  course_title: string;
  cohort: { id: string; name: string };
}

const enrolmentsOf = (learner: Page) =>
  ask<{ enrolments: Enrolment[] }>(learner, 'GET', '/api/me/enrolments').then((answer) => answer.enrolments);

async function courseOf(learner: Page, enrolment: Enrolment): Promise<Course> {
  const { tenant } = await ask<{ tenant: { id: string } }>(learner, 'GET', '/api/me');
  const { nodes } = await ask<{ nodes: OutlineNode[] }>(
    learner,
    'GET',
    `/t/${tenant.id}/r/${enrolment.release}/outline.json`,
  );
  const first = (what: string, is: (node: OutlineNode) => boolean) => {
    const found = nodes.find(is);
    if (!found) throw new Error(`The demo course has no ${what}.`);
    return found;
  };
  const gated = first('gated lesson', (node) => node.kind === 'lesson' && scored(node.access) !== undefined);
  const longest = Math.max(...nodes.filter((node) => !node.gated).map(itemsOf));
  return {
    cohort: enrolment.cohort.id,
    cohortName: enrolment.cohort.name,
    enrolment: enrolment.enrolment,
    nodes,
    lesson: first('open lesson', (node) => node.kind === 'lesson' && !node.gated && node.has_blocks),
    markable: first(
      'lesson to mark as done',
      (node) => node.kind === 'lesson' && !node.gated && asksForMark(node.completion),
    ),
    gated,
    gate: first('quiz that opens the gated lesson', (node) => node.id === scored(gated.access)),
    quiz: first('open quiz', (node) => itemsOf(node) === longest && longest > 0 && !node.gated),
  };
}

const itemsOf = (node: OutlineNode) => node.assessment?.item_count ?? 0;

const asksForMark = (rule: Rule): boolean => rule.type === 'marked_done' || (rule.conditions ?? []).some(asksForMark);

/** The assessment whose score a rule asks for. */
const scored = (rule: Rule | null | undefined): string | undefined =>
  rule?.assessment ?? rule?.conditions?.map(scored).find(Boolean);

/** The enrolment that the demo organisation was seeded with. Other tests enrol the learner too. */
export async function demoCourse(learner: Page): Promise<Course> {
  const seeded = (await enrolmentsOf(learner)).find((each) => each.cohort.id === 'first');
  if (!seeded) throw new Error('The demo learner is not in the demo cohort.');
  return courseOf(learner, seeded);
}

/**
 * A cohort of this test alone, on the demo course: attempts are used up for ever, so tests must not share them.
 * Made by the administrator through the API, as the product does it.
 */
async function freshCourse(admin: Page, learner: Page): Promise<Course> {
  const { person } = await ask<{ person: string }>(learner, 'GET', '/api/me');
  const { cohorts } = await ask<{ cohorts: { name: string; course: string; release: string }[] }>(
    admin,
    'GET',
    '/api/cohorts',
  );
  const demo = await demoCourse(learner);
  const pattern = cohorts.find((each) => each.name === demo.cohortName);
  if (!pattern) throw new Error('The administrator does not see the demo cohort.');
  const id = `browser-${randomUUID().slice(0, 8)}`;
  const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
  await ask(admin, 'PUT', `/api/cohorts/${id}`, {
    name: `Browser test ${id}`,
    course: pattern.course,
    release: pattern.release,
    zone: 'America/New_York',
    deadlines: { [demo.quiz.id]: { civil: `${soon}T23:59:00` } },
  });
  await ask(admin, 'POST', `/api/cohorts/${id}/enrolments`, { people: [person] });

  let found: Enrolment | undefined;
  await expect
    .poll(async () => {
      found = (await enrolmentsOf(learner)).find((each) => each.cohort.id === id);
      return found !== undefined;
    })
    .toBe(true);
  // Progress is a projection: it follows a moment after the enrolment.
  await expect
    .poll(() =>
      ask(learner, 'GET', `/api/enrolments/${found?.enrolment}/progress`).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  return courseOf(learner, found as Enrolment);
}

interface People {
  /** Signed in as the demo learner, on the home page. */
  learner: Page;
  admin: Page;
  course: Course;
}

export const test = base.extend<People>({
  learner: async ({ page }, use) => {
    await signIn(page, 'learner');
    await use(page);
  },
  admin: async ({ browser }, use) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await signIn(page, 'admin');
    await use(page);
    await context.close();
  },
  course: async ({ admin, learner }, use) => {
    await use(await freshCourse(admin, learner));
  },
});

export { expect };
