import { expect, type Locator, type Page } from '@playwright/test';
import type { Course } from './course.ts';

export const quizPath = (course: Course) => `/courses/${course.enrolment}/quizzes/${course.quiz.id}`;

export const questions = (page: Page): Locator => page.getByRole('group', { name: /^Question \d+/ });

export async function openQuiz(page: Page, course: Course): Promise<void> {
  await page.goto(quizPath(course));
  await page.getByRole('button', { name: /^(Start|Continue)/ }).click();
  await expect(questions(page)).toHaveCount(course.quiz.assessment?.item_count ?? 0);
}

/** An answer of the right kind for each question; which one is not the point. */
export async function answerEverything(page: Page): Promise<void> {
  await expect(questions(page).first()).toBeVisible();
  for (const question of await questions(page).all()) await answer(question);
}

export async function answer(question: Locator): Promise<void> {
  const choice = question.locator('input[type="radio"], input[type="checkbox"]').first();
  if ((await choice.count()) > 0) return choice.check();
  const number = question.locator('input[inputmode="decimal"]');
  if ((await number.count()) > 0) return number.fill('3.14');
  await question.locator('textarea').fill('Because both sides are multiplied by the same number.');
}

/** What every question holds, as the page shows it. */
export async function answersShown(page: Page): Promise<string[]> {
  return questions(page).evaluateAll((groups) =>
    groups.map((group) => {
      const ticked = [...group.querySelectorAll<HTMLInputElement>('input:checked')].map((input) => input.value);
      const typed = [...group.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('textarea, input[inputmode]')];
      return [...ticked, ...typed.map((field) => field.value)].join('|');
    }),
  );
}

export const savedLine = (page: Page): Locator => page.getByText(/^\s*Saved at \d\d:\d\d:\d\d/);

/** The saved line belongs to the last change once nothing on the page says otherwise. */
export async function everythingSaved(page: Page): Promise<void> {
  await expect(savedLine(page)).toBeVisible();
}

export async function review(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Look over and hand in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Before you hand in' })).toBeVisible();
}

export const handInButton = (page: Page): Locator => page.getByRole('button', { name: /^Hand in/ });

export async function receiptCode(page: Page): Promise<string> {
  await expect(page.getByRole('heading', { level: 1, name: 'Handed in' })).toBeVisible();
  const code = await page.getByRole('region', { name: 'Receipt' }).locator('.code').innerText();
  expect(code).toMatch(/^[0-9A-Z]{4,}$/);
  return code;
}
