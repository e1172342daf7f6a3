import { demoCourse, expect, test } from '../support/course.ts';
import { ask, signIn } from '../support/signIn.ts';
import { answerEverything, everythingSaved, handInButton, openQuiz, receiptCode, review } from '../support/quiz.ts';

test('an instructor finds the learner’s row, opens it, and sees the matrix', async ({ learner, browser }) => {
  const { name } = await ask<{ name: string }>(learner, 'GET', '/api/me');
  const { cohortName, lesson } = await demoCourse(learner);

  const context = await browser.newContext();
  const page = await context.newPage();
  await signIn(page, 'instructor');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Cohorts' }).click();
  await page.getByRole('link', { name: cohortName, exact: true }).click();

  await expect(page.getByText(/As of/)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find a name' }).fill(name);
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText(/\d+ of \d+/);

  await row.getByRole('button', { name }).press('Enter');
  await expect(page.getByRole('listitem').filter({ hasText: lesson.title })).toBeVisible();

  await page.getByRole('link', { name: `Everything about ${name}` }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByText(/Still missing:|Opens with:/).first()).toBeVisible();
  await page.goBack();

  await page.getByRole('radio', { name: 'Matrix' }).check();
  await expect(page.getByRole('columnheader', { name: lesson.title })).toBeVisible();
  await expect(page.getByRole('rowheader', { name })).toBeVisible();
  await context.close();
});

test('a hand-in reaches the cohort page', async ({ learner, admin, course }) => {
  await openQuiz(learner, course);
  await answerEverything(learner);
  await everythingSaved(learner);
  await review(learner);
  await handInButton(learner).click();
  await receiptCode(learner);
  const { name } = await ask<{ name: string }>(learner, 'GET', '/api/me');

  await expect(async () => {
    await admin.goto(`/cohorts/${course.cohort}`);
    const row = admin.getByRole('row').filter({ hasText: name });
    await expect(row).toContainText(new RegExp(`${course.quiz.title}.*\\d+(\\.\\d+)? of \\d+`), { timeout: 2_000 });
  }).toPass();
});

test('a list that comes in parts says so, and shows what was changed meanwhile once', async ({ admin, course }) => {
  const name = 'Ada in parts';
  const row = await ask<{ rows: Record<string, unknown>[] }>(admin, 'GET', `/api/cohorts/${course.cohort}/rows`);
  const rows = [{ ...row.rows[0], name, withdrawn: false }];
  let release = () => {};
  await admin.route(/\/api\/cohorts\/[^/]+\/rows/, async (route) => {
    const isFirst = !new URL(route.request().url()).searchParams.has('cursor');
    if (!isFirst) await new Promise<void>((resolve) => (release = resolve));
    await route.fulfill({ json: { ...row, rows: isFirst ? first : rows, next: isFirst ? 'more' : null } });
  });
  await admin.route(/\/withdrawal$/, (route) => route.fulfill({ json: {} }));

  let first: typeof rows = [];
  for (const path of [`/cohorts/${course.cohort}`, `/cohorts/${course.cohort}/members`]) {
    await admin.goto(path);
    await expect(admin.getByText(/Fetching the (learners|members)/)).toBeVisible();
    await expect(admin.getByText('Nobody is enrolled yet.')).toHaveCount(0);
    release();
    await expect(admin.getByText(name).first()).toBeVisible();
  }

  first = rows;
  await admin.goto(`/cohorts/${course.cohort}/members`);
  await admin.getByRole('button', { name: `Withdraw: ${name}` }).click();
  await expect(admin.getByRole('button', { name: `Take back: ${name}` })).toBeVisible();
  release();
  await expect(admin.getByRole('button', { name: 'Undo' })).toBeVisible();
  await expect(admin.getByText('fetched so far')).toHaveCount(0);
  await expect(admin.getByRole('list', { name: 'Members' }).getByRole('listitem')).toHaveText([/Ada in parts.*Withdrawn/]);
});

test('a learner who opens a cohort page is told why it stays closed', async ({ learner }) => {
  const { cohort } = await demoCourse(learner);
  await learner.goto(`/cohorts/${cohort}`);
  await expect(learner.getByRole('heading', { level: 1, name: 'This cohort cannot be shown' })).toBeVisible();
  await expect(learner.getByRole('alert')).toContainText('Nothing was changed.');
  await expect(learner.getByRole('button', { name: 'Copy' })).toBeVisible();
});

test('a grader sees the rows and is led to no page that stays closed', async ({ page }) => {
  await signIn(page, 'grader');
  await page.goto('/cohorts/first');
  const row = page.getByRole('main').getByRole('button', { expanded: false }).first();
  await row.click();
  await expect(page.getByRole('listitem').first()).toBeVisible();
  await expect(page.getByRole('link', { name: /^Everything about/ })).toHaveCount(0);
});
