import { readFileSync } from 'node:fs';
import type { Page, Route } from '@playwright/test';
import { expect, test } from '../support/course.ts';
import { everythingSaved, handInButton, openQuiz, questions, review, savedLine } from '../support/quiz.ts';
import { show } from '../support/reading.ts';

const draft = /\/draft$/;
const essay = (page: Page) => questions(page).locator('textarea').first();

/** What the page sent as drafts, each as its text. */
function draftsOf(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (draft.test(request.url())) sent.push(request.postData() ?? '');
  });
  return sent;
}

test('a page of questions that was left sends nothing after it, whatever it still had to send', async ({ learner, course }) => {
  await learner.clock.install();
  await openQuiz(learner, course);
  const sent = draftsOf(learner);
  await learner.route(draft, (route) => route.abort('connectionreset'));
  await essay(learner).fill('A beginning');
  await review(learner);
  await learner.getByRole('link', { name: 'Back to the questions' }).click();
  await expect(essay(learner)).toHaveValue('A beginning');
  await essay(learner).fill('A beginning, and all that follows');
  await learner.unroute(draft);
  await learner.clock.runFor(6_000);
  await everythingSaved(learner);

  // Every later try that a page left behind could make has had its time.
  sent.length = 0;
  await learner.clock.runFor(120_000);
  expect(sent).toEqual([]);
  await learner.reload();
  await expect(essay(learner)).toHaveValue('A beginning, and all that follows');
});

test('a save that arrived and was not confirmed is nobody else’s answer', async ({ learner, course }) => {
  await openQuiz(learner, course);
  await essay(learner).fill('First');
  await everythingSaved(learner);

  // It is stored, and the learner types on before the lost answer is noticed.
  let isFirst = true;
  await learner.route(draft, async (route) => {
    if (!isFirst) return route.continue();
    isFirst = false;
    await route.fetch();
    await essay(learner).pressSequentially(' and third');
    await route.abort('connectionreset');
  });
  await essay(learner).fill('First, second');
  await expect(essay(learner)).toHaveValue('First, second and third');
  await expect(savedLine(learner)).toHaveCount(0);
  await everythingSaved(learner);
  await expect(learner.getByText('You also answered this in another tab.')).toHaveCount(0);
  await learner.reload();
  await expect(essay(learner)).toHaveValue('First, second and third');
});

test('an answer that is not taken stays “Not saved” when the learner comes back to the tab', async ({ learner, course }) => {
  await openQuiz(learner, course);
  await essay(learner).fill('First');
  await everythingSaved(learner);
  const problem = { type: 'invalid-body', title: 'Not taken', status: 400, errors: [] };
  await learner.route(draft, (route) => route.fulfill({ status: 400, contentType: 'application/problem+json', json: problem }));
  await essay(learner).fill('Second');
  await expect(learner.getByText('Not saved', { exact: true })).toBeVisible();

  // Leaving the tab tries to save once more, and nobody looks while that is on its way.
  await expect(async () => {
    const looked = learner.waitForResponse(
      (answer) => answer.request().method() === 'GET' && /\/attempts\/\d+$/.test(answer.url()),
      { timeout: 3_000 },
    );
    await show(learner, false);
    await show(learner, true);
    await looked;
  }).toPass();
  await expect(essay(learner)).toHaveValue('Second');
  await expect(learner.getByText('Not saved', { exact: true })).toBeVisible();
  await expect(savedLine(learner)).toHaveCount(0);
});

test('answers that were handed in too late stay on the device, and can be saved as a file', async ({ learner, course }) => {
  await openQuiz(learner, course);
  await essay(learner).fill('In time');
  await everythingSaved(learner);
  await learner.route(draft, (route) => route.abort('connectionreset'));
  await essay(learner).fill('Too late');
  await review(learner);

  // As when the connection comes back after the end: the server has handed in what it had.
  await learner.route(/\/submission$/, (route) =>
    route.fulfill({ status: 410, contentType: 'application/problem+json', json: { type: 'attempt-over', title: 'Over', status: 410 } }),
  );
  await learner.route(/\/attempts\/\d+$/, async (route: Route) => {
    const response = await route.fetch();
    const view = (await response.json()) as object;
    await route.fulfill({ response, json: { ...view, state: 'closed', closed_reason: 'time_up' } });
  });
  await handInButton(learner).click();
  await expect(learner.getByRole('heading', { level: 1, name: 'Time was up' })).toBeVisible();
  await expect(learner.getByText('Some answers never reached the server.')).toBeVisible();

  const download = learner.waitForEvent('download');
  await learner.getByRole('button', { name: 'Save them as a file' }).click();
  const file = await (await download).path();
  expect(readFileSync(file, 'utf8')).toContain('Too late');
  await learner.getByRole('button', { name: 'Delete them from this device…' }).click();
  await learner.getByRole('dialog').getByRole('button', { name: 'Delete them', exact: true }).click();
  await expect(learner.getByRole('heading', { level: 1, name: 'Time was up' })).toBeVisible();
  await expect(learner.getByText('Some answers never reached the server.')).toHaveCount(0);
});
