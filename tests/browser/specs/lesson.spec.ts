import { randomUUID } from 'node:crypto';
import type { Locator } from '@playwright/test';
import { expect, test } from '../support/course.ts';
import { publishAndEnrol } from '../support/making.ts';
import { picturesCourse } from '../support/pictures.ts';
import { ask } from '../support/signIn.ts';

test('a learner signs in, opens the course, reads a lesson and marks it as done', async ({ learner, course }) => {
  await learner.goto('/');
  await learner.locator(`a[href="/courses/${course.enrolment}"]`).first().click();
  await expect(learner.getByText(course.cohortName)).toBeVisible();

  await learner.getByRole('main').getByRole('link', { name: course.markable.title, exact: true }).click();
  await expect(learner.getByRole('heading', { level: 1, name: course.markable.title })).toBeVisible();
  await expect(learner.locator('article .prose').first()).not.toBeEmpty();

  const mark = learner.getByRole('button', { name: 'Mark as done' });
  await mark.click();
  await expect(learner.getByText('You marked this as done.')).toBeVisible();

  await expect(async () => {
    await learner.goto(`/courses/${course.enrolment}`);
    const row = learner.getByRole('listitem').filter({
      has: learner.getByRole('link', { name: course.markable.title, exact: true }),
    });
    await expect(row.last()).toContainText('Done', { timeout: 2_000 });
  }).toPass();
});

test('a lesson that was marked as done says so, and the one it opens opens by itself', async ({ learner, admin }) => {
  const course = `marking-${randomUUID().slice(0, 8)}`;
  await ask(admin, 'PUT', `/api/courses/${course}`, { title: 'Marking', language: 'en' });
  const lesson = { parent: null, kind: 'lesson', required: true, minutes: null, assessment: null };
  const blocks = [{ type: 'html', html: '<p>A paragraph to read.</p>' }];
  const [byMark, afterFirst] = [{ type: 'marked_done' }, { type: 'marked_done', node: 'first' }];
  const first = { ...lesson, position: 0, title: 'The first', completion: byMark, access: null, blocks };
  await ask(admin, 'PUT', `/api/courses/${course}/nodes/first`, first);
  const second = { ...lesson, position: 1, title: 'The second', completion: null, access: afterFirst, blocks };
  await ask(admin, 'PUT', `/api/courses/${course}/nodes/second`, second);
  const enrolment = await publishAndEnrol(admin, learner, course);
  const before = await ask(learner, 'GET', `/api/enrolments/${enrolment}/progress`);

  await learner.goto(`/courses/${enrolment}/lessons/first`);
  await learner.getByRole('button', { name: 'Mark as done' }).click();
  await expect(learner.getByText('You marked this as done.')).toBeFocused();
  await expect(learner.getByRole('main').getByText('You have completed this lesson.')).toBeVisible();

  // The next page comes before the progress has followed.
  let isBehind = true;
  await learner.route('**/progress', (route) => (isBehind ? route.fulfill({ json: before }) : route.continue()));
  await learner.goto(`/courses/${enrolment}/lessons/second`);
  await expect(learner.getByText('This lesson is still locked.')).toBeVisible();
  isBehind = false;
  await expect(learner.locator('article .prose').first()).toContainText('A paragraph to read.');
  await expect(learner.getByText('This lesson is still locked.')).toHaveCount(0);
});

test('reading goes on with fresh cookies when the edge refuses', async ({ learner, course, context }) => {
  await learner.goto(`/courses/${course.enrolment}`);
  await expect(learner.getByText(course.cohortName)).toBeVisible();
  // As when they run out while the page believes in them, however long this machine takes.
  await context.clearCookies();
  const refused: string[] = [];
  await learner.route('**/t/**', (route) => {
    if (refused.length > 0) return route.continue();
    refused.push(route.request().url());
    return route.fulfill({ status: 403 });
  });
  await learner.getByRole('main').getByRole('link', { name: course.lesson.title, exact: true }).click();
  await expect.poll(() => refused.length).toBe(1);
  await expect(learner.locator('article .prose').first()).not.toBeEmpty();
});

test('pictures of a lesson and of a question are shown, and again when their addresses have run out', async ({ learner, admin }) => {
  const { enrolment } = await picturesCourse(admin, learner);
  const isShown = (picture: Locator) =>
    expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBe(2);
  await learner.goto(`/courses/${enrolment}/lessons/lesson`);
  const [block, inText] = [learner.getByAltText('A block'), learner.getByAltText('In the text')];
  await isShown(block);
  await isShown(inText);
  const file = learner.getByRole('link', { name: 'The picture as a file' });
  await expect(file).toHaveAttribute('href', /Expires=/);

  // A picture whose first address does not work gets another.
  let isFirst = true;
  await learner.route(/\/a\/[0-9a-f]{64}\?/, (route) => {
    if (!isFirst) return route.continue();
    isFirst = false;
    return route.fulfill({ status: 403 });
  });
  await learner.goto(`/courses/${enrolment}/quizzes/quiz`);
  await learner.getByRole('button', { name: 'Start', exact: true }).click();
  await isShown(learner.getByAltText('In the question'));
  expect(isFirst).toBe(false);
});

test('a locked lesson says what opens it and leads there', async ({ learner, course }) => {
  await learner.goto(`/courses/${course.enrolment}/lessons/${course.gated.id}`);
  await expect(learner.getByText('This lesson is still locked.')).toBeVisible();
  await learner.locator('.note').getByRole('link').first().click();
  await expect(learner.getByRole('heading', { level: 1, name: course.gate.title })).toBeVisible();
});

test('a deadline is shown on the learner’s clock, and the cohort’s zone is named', async ({ learner, course }) => {
  await learner.goto(`/courses/${course.enrolment}/quizzes/${course.quiz.id}`);
  // 23:59 in New York is 05:59 the next morning in Berlin, where this browser is, whatever the season.
  await expect(learner.getByText(/05:59 your time, that is .*23:59 in New York/)).toBeVisible();
});

test('a tab opened beside a signed-in one needs no second sign-in', async ({ learner, course, context }) => {
  const second = await context.newPage();
  await second.goto(`/courses/${course.enrolment}`);
  await expect(second.getByText(course.cohortName)).toBeVisible();
  await expect(learner.getByRole('navigation', { name: 'Main' })).toBeVisible();
});

test('signing out shows the welcome page again and leaves no session behind', async ({ learner }) => {
  await learner.getByRole('button', { name: /preferences and sign out/ }).click();
  await learner.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(learner.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(await learner.evaluate(() => sessionStorage.getItem('stoa.tokens'))).toBeNull();
});
