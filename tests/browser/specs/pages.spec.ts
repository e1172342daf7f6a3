import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/course.ts';
import { answer, everythingSaved, handInButton, openQuiz, questions, receiptCode, review } from '../support/quiz.ts';

const sizes = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
];
const schemes = ['light', 'dark'] as const;

/** No accessibility finding of any weight, and nothing to scroll sideways for. */
async function isSound(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
  expect.soft(found, `axe on ${name}`).toEqual([]);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(beyond, `${name} is wider than the window`).toBeLessThanOrEqual(0);
}

for (const viewport of sizes) {
  for (const colorScheme of schemes) {
    test.describe(`${viewport.width} × ${viewport.height}, ${colorScheme}`, () => {
      test.use({ viewport, colorScheme });

      test('the welcome page is sound', async ({ page }) => {
        await page.goto('/');
        await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
        await isSound(page, 'welcome');
      });

      test('every page of a learner is sound', async ({ learner: page, course }) => {
        const main = page.getByRole('heading', { level: 1 });
        const courseLink = page.locator(`a[href="/courses/${course.enrolment}"]`).first();
        await page.goto('/');
        await expect(courseLink).toBeVisible();
        await isSound(page, 'home');

        await page.getByRole('button', { name: /preferences and sign out/ }).click();
        await isSound(page, 'home with the menu open');
        await page.keyboard.press('Escape');
        await page.keyboard.press('?');
        await expect(page.getByRole('dialog')).toBeVisible();
        await isSound(page, 'home with the list of keys');
        await page.keyboard.press('Escape');

        await page.goto(`/courses/${course.enrolment}`);
        await expect(page.getByText(course.cohortName)).toBeVisible();
        await isSound(page, 'outline');

        await page.goto(`/courses/${course.enrolment}/grades`);
        await expect(page.getByRole('table')).toBeVisible();
        await isSound(page, 'grades');

        await page.goto('/inbox');
        await expect(page.getByText(/^(Everything is read|\d+ unread)/)).toBeVisible();
        await isSound(page, 'inbox');
        await page.goto('/preferences');
        await expect(page.getByRole('table')).toBeVisible();
        await isSound(page, 'preferences');
        await page.goto('/unsubscribe/grade_posted~email~bm9ib2R5cw');
        await expect(page.getByRole('button', { name: 'End these e-mails' })).toBeVisible();
        await isSound(page, 'end of e-mails');

        for (const node of course.nodes.filter((each) => each.kind === 'lesson')) {
          await page.goto(`/courses/${course.enrolment}/lessons/${node.id}`);
          await expect(main).toHaveText(node.title);
          await isSound(page, `lesson ${node.title}`);
        }

        await page.goto(`/courses/${course.enrolment}/quizzes/${course.quiz.id}`);
        await expect(main).toHaveText(course.quiz.title);
        await isSound(page, 'start of the quiz');

        await openQuiz(page, course);
        await answer(questions(page).first());
        await everythingSaved(page);
        await isSound(page, 'questions');

        await review(page);
        await isSound(page, 'before handing in');
        await handInButton(page).click();
        await receiptCode(page);
        await expect(page.getByRole('heading', { level: 2, name: /^(Grade|So far):/ })).toBeVisible();
        await isSound(page, 'receipt and grade');

        for (const address of ['/no/such/page', '/courses/%E0%A4%A']) {
          await page.goto(address);
          await expect(main).toHaveText('There is no page here');
        }
        await isSound(page, 'not found');

        await page.goto(`/courses/no-such-course`);
        await expect(page.getByRole('alert')).toBeVisible();
        await isSound(page, 'error');
      });

      test('the cohort pages are sound', async ({ admin: page, course }) => {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await page.goto('/cohorts');
        const link = page.locator(`a[href="/cohorts/${course.cohort}"]`);
        await expect(link).toBeVisible();
        await isSound(page, 'cohorts');

        await expect(async () => {
          await page.goto(`/cohorts/${course.cohort}`);
          await expect(page.getByRole('searchbox')).toBeVisible({ timeout: 2_000 });
        }).toPass();
        await page.getByRole('main').getByRole('button', { expanded: false }).first().click();
        await isSound(page, 'cohort with a row open');
        await page.getByRole('radio', { name: 'Matrix' }).check();
        await expect(page.getByRole('table')).toBeVisible();
        await isSound(page, 'matrix');

        await page.goto(`/cohorts/${course.cohort}/learners/${course.enrolment}`);
        await expect(page.getByRole('heading', { level: 2, name: 'Grades' })).toBeVisible();
        await isSound(page, 'one learner');
      });
    });
  }
}
