import { expect, test } from '../support/course.ts';

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

test('reading goes on with fresh cookies when the edge refuses', async ({ learner, course, context }) => {
  await learner.goto(`/courses/${course.enrolment}`);
  await expect(learner.getByText(course.cohortName)).toBeVisible();
  // As when they run out while the page is open.
  await context.clearCookies();
  const refused = learner.waitForResponse((answer) => answer.url().includes('/t/') && answer.status() === 403);
  await learner.getByRole('main').getByRole('link', { name: course.lesson.title, exact: true }).click();
  await refused;
  await expect(learner.locator('article .prose').first()).not.toBeEmpty();
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
