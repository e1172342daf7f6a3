import { expect, test } from '../support/course.ts';
import { questions, quizPath, receiptCode } from '../support/quiz.ts';
import type { Locator, Page } from '@playwright/test';

const stops_max = 60;

/** Presses Tab until the thing has the focus: if it never gets it, a person cannot get there either. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let stop = 0; stop < stops_max; stop += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The focus never reached ${wanted}.`);
}

test('a quiz can be taken and handed in with the keyboard alone', async ({ learner: page, course }) => {
  await page.goto(quizPath(course));
  const start = page.getByRole('button', { name: /^Start/ });
  await expect(start).toBeVisible();
  await tabTo(page, start);
  await page.keyboard.press('Enter');

  await expect(questions(page).first()).toBeVisible();
  for (const question of await questions(page).all()) {
    const field = question.locator('input, textarea').first();
    await tabTo(page, field);
    const kind = await field.evaluate((element) => (element instanceof HTMLInputElement ? element.type : 'textarea'));
    if (kind === 'radio' || kind === 'checkbox') {
      await page.keyboard.press('Space');
      await expect(field).toBeChecked();
    } else {
      await page.keyboard.type('42');
    }
  }
  await tabTo(page, page.getByRole('button', { name: 'Look over and hand in' }));
  await page.keyboard.press('Enter');

  const handIn = page.getByRole('button', { name: 'Hand in', exact: true });
  await expect(handIn).toBeVisible();
  await tabTo(page, handIn);
  await page.keyboard.press('Enter');
  await receiptCode(page);
});

test('the list of keys opens with ? and closes with Escape', async ({ learner: page }) => {
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keys on this page' });
  await expect(list).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
});

test('the first stop skips to the content', async ({ learner: page }) => {
  await page.reload();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('skipping to the content empties no form', async ({ admin: page }) => {
  await page.goto('/cohorts/new');
  const name = page.getByLabel('Name', { exact: true });
  await name.fill('Half a cohort');
  await page.getByRole('link', { name: 'Skip to the content' }).press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await expect(page).toHaveURL(/#main$/);
  await expect(name).toHaveValue('Half a cohort');
  await page.goBack();
  await expect(page).toHaveURL(/\/cohorts\/new$/);
  await expect(name).toHaveValue('Half a cohort');
});
