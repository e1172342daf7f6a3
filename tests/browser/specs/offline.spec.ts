import type { Page } from '@playwright/test';
import { expect, test, type Course } from '../support/course.ts';
import { ask, throughThePool } from '../support/signIn.ts';
import {
  answer,
  answerEverything,
  answersShown,
  everythingSaved,
  handInButton,
  openQuiz,
  quizPath,
  questions,
  receiptCode,
  review,
} from '../support/quiz.ts';

const submission = /\/submission$/;

interface Fact {
  kind: 'viewed' | 'done';
  node: string;
  occurred_at: string;
}

const seen = (node: string, at = 0): Fact => ({ kind: 'viewed', node, occurred_at: new Date(Date.now() + at).toISOString() });

const keptFacts = async (page: Page, course: Course) =>
  `stoa.kept.${await page.evaluate(() => sessionStorage.getItem('stoa.owner'))}.facts.${course.enrolment}`;

/** Puts facts where a tab keeps what it could not send yet. */
async function keepFacts(page: Page, course: Course, facts: Fact[]): Promise<void> {
  const name = await keptFacts(page, course);
  await page.evaluate(([name, kept]) => localStorage.setItem(name, kept), [name, JSON.stringify({ kind: 'facts', facts })] as const);
}

async function noFactsKept(page: Page, course: Course): Promise<void> {
  const name = await keptFacts(page, course);
  await expect.poll(() => page.evaluate((name) => localStorage.getItem(name), name)).toBeNull();
}

/** What is sent of what was seen, and how it is answered. */
function factsSent(page: Page, course: Course): { status: number; nodes: string[] }[] {
  const sent: { status: number; nodes: string[] }[] = [];
  page.on('response', (response) => {
    if (!response.url().endsWith(`/enrolments/${course.enrolment}/facts`)) return;
    const { facts } = response.request().postDataJSON() as { facts: Fact[] };
    sent.push({ status: response.status(), nodes: facts.map(({ node }) => node) });
  });
  return sent;
}

test('answers given offline are kept on the device and sent when the connection is back', async ({
  learner,
  course,
  context,
}) => {
  await openQuiz(learner, course);
  await context.setOffline(true);
  await answerEverything(learner);
  await expect(learner.getByText('Kept on this device, will send', { exact: false }).first()).toBeVisible();
  const given = await answersShown(learner);

  await context.setOffline(false);
  await everythingSaved(learner);
  await learner.reload();
  await expect(questions(learner)).toHaveCount(given.length);
  expect(await answersShown(learner)).toEqual(given);
});

test('a hand-in begun offline goes out with the same id when the connection is back', async ({
  learner,
  course,
  context,
}) => {
  const sent: string[] = [];
  learner.on('request', (request) => {
    if (submission.test(request.url())) sent.push(request.postData() ?? '');
  });

  await openQuiz(learner, course);
  await answerEverything(learner);
  await everythingSaved(learner);
  await review(learner);
  await context.setOffline(true);
  await handInButton(learner).click();
  await expect(learner.getByText('This device is offline.')).toBeVisible();

  await context.setOffline(false);
  await receiptCode(learner);
  expect(sent.length).toBeGreaterThan(1);
  expect(new Set(sent).size).toBe(1);
});

test('a hand-in whose answer was lost is repeated after a reload and makes one receipt', async ({
  learner,
  course,
}) => {
  const sent: { submission_id: string; body: string }[] = [];
  let arrived = '';
  await learner.route(submission, async (route) => {
    const body = route.request().postData() ?? '';
    sent.push({ submission_id: (JSON.parse(body) as { submission_id: string }).submission_id, body });
    // The server stores it, and the answer is lost on the way back.
    const response = await route.fetch();
    arrived = ((await response.json()) as { code: string }).code;
    await route.abort('connectionreset');
  });

  await openQuiz(learner, course);
  await answer(questions(learner).first());
  await everythingSaved(learner);
  await review(learner);
  await handInButton(learner).click();
  await expect(learner.getByText('No clear answer came back from the server.')).toBeVisible();

  await learner.unroute(submission);
  learner.on('request', (request) => {
    if (!submission.test(request.url())) return;
    const body = request.postData() ?? '';
    sent.push({ submission_id: (JSON.parse(body) as { submission_id: string }).submission_id, body });
  });
  await learner.reload();

  expect(await receiptCode(learner)).toBe(arrived);
  expect(sent.length).toBeGreaterThan(1);
  expect(new Set(sent.map((each) => each.body)).size).toBe(1);
});

test('a quiz opens again offline, takes answers, and is handed in when the connection is back', async ({
  learner,
  course,
  context,
}) => {
  // The app keeps itself on the device once it was opened there.
  await learner.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await openQuiz(learner, course);
  await answer(questions(learner).first());
  await everythingSaved(learner);
  const first = (await answersShown(learner))[0];

  await context.setOffline(true);
  await learner.reload();
  await expect(questions(learner)).toHaveCount(course.quiz.assessment?.item_count ?? 0);
  expect((await answersShown(learner))[0]).toBe(first);
  await answerEverything(learner);
  await review(learner);
  await handInButton(learner).click();
  await expect(learner.getByText('This device is offline.')).toBeVisible();
  await learner.reload();
  await expect(learner.getByText('This device is offline.')).toBeVisible();

  await context.setOffline(false);
  await receiptCode(learner);
});

test('a page asked for offline says so, and comes by itself when the connection is back', async ({ learner, context }) => {
  await learner.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await context.setOffline(true);
  await learner.getByRole('link', { name: /^Inbox/ }).click();
  await expect(learner.getByText('This device is offline.')).toBeVisible();
  await context.setOffline(false);
  await expect(learner.getByText(/^(Everything is read|\d+ unread)/)).toBeVisible();
});

test('a session that ends in the middle of a quiz costs no answer', async ({ learner, course }) => {
  await openQuiz(learner, course);
  await learner.route('**/oauth2/token', (route) => route.fulfill({ status: 400, json: { error: 'invalid_grant' } }));
  await learner.route('**/draft', (route) => route.fulfill({ status: 401, json: { message: 'Unauthorized' } }));
  await answer(questions(learner).first());
  await expect(learner.getByRole('heading', { name: 'Please sign in again' })).toBeVisible();

  await learner.unrouteAll();
  await learner.getByRole('button', { name: 'Sign in and go on' }).click();
  await throughThePool(learner, 'learner', `${quizPath(course)}/1`);
  await everythingSaved(learner);
  expect((await answersShown(learner))[0]).not.toBe('');
});

test('what was seen in a long time offline is sent in as many requests as it takes', async ({ learner, course }) => {
  const sent = factsSent(learner, course);
  await keepFacts(learner, course, Array.from({ length: 230 }, (_, at) => seen(course.lesson.id, at)));

  await learner.goto('/');
  await noFactsKept(learner, course);
  await expect.poll(() => sent.map(({ status, nodes }) => [status, nodes.length])).toEqual([[202, 100], [202, 100], [202, 30]]);
});

test('what the server refuses of what was seen costs nothing else of it', async ({ learner, course }) => {
  const sent = factsSent(learner, course);
  const nodes = ['no-such-lesson', course.lesson.id, course.markable.id];
  await keepFacts(learner, course, nodes.map((node) => seen(node)));

  await learner.goto('/');
  await noFactsKept(learner, course);
  await expect.poll(() => sent).toEqual([
    { status: 422, nodes },
    { status: 202, nodes: nodes.slice(1) },
  ]);
  await expect
    .poll(async () => {
      const path = `/api/enrolments/${course.enrolment}/progress`;
      const progress = await ask<{ nodes: Record<string, { viewed: boolean }> }>(learner, 'GET', path);
      return nodes.slice(1).every((node) => progress.nodes[node]?.viewed);
    })
    .toBe(true);
});

test('what another tab writes down while this one sends is not struck off with what was sent', async ({ learner, course }) => {
  const sent = factsSent(learner, course);
  await keepFacts(learner, course, [seen(course.lesson.id)]);
  await learner.route(
    `**/enrolments/${course.enrolment}/facts`,
    async (route) => {
      const response = await route.fetch();
      // The other tab has sent the same meanwhile, struck it off, and seen something else.
      await keepFacts(learner, course, [seen(course.markable.id)]);
      await route.fulfill({ response });
    },
    { times: 1 },
  );

  await learner.goto('/');
  await expect.poll(() => sent).toEqual([
    { status: 202, nodes: [course.lesson.id] },
    { status: 202, nodes: [course.markable.id] },
  ]);
  await noFactsKept(learner, course);
});
