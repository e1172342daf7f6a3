import { expect, test } from '../support/course.ts';
import { ask } from '../support/signIn.ts';
import { stack } from '../support/stack.ts';
import type { Page } from '@playwright/test';

interface Inbox {
  unread: number;
  notifications: { id: string; unread: boolean; notice: { kind: string; course: { enrolment: string } } }[];
}

const inboxOf = (page: Page) => ask<Inbox>(page, 'GET', '/api/me/notifications');

const isUnread = async (page: Page, id: string) =>
  (await inboxOf(page)).notifications.find((each) => each.id === id)?.unread;

/** News are collected for two minutes, and a sweep comes once a minute. */
const patience_ms = 240_000;

/** The message about an enrolment, once it is there. */
async function messageAbout(page: Page, enrolment: string): Promise<string> {
  let found: string | undefined;
  await expect
    .poll(
      async () => {
        const { notifications } = await inboxOf(page);
        const about = (kind: string) => (each: Inbox['notifications'][number]) =>
          each.notice.kind === kind && each.notice.course.enrolment === enrolment;
        found = notifications.find(about('enrolled'))?.id;
        return found !== undefined;
      },
      { timeout: patience_ms, intervals: [1_000] },
    )
    .toBe(true);
  return found as string;
}

// One person's inbox and choices: what one test reads, another would miss.
test.describe.configure({ mode: 'serial' });

test('a message is counted, leads to its course, and is read then', async ({ learner: page, course }) => {
  test.setTimeout(patience_ms + 120_000);
  const id = await messageAbout(page, course.enrolment);
  await page.reload();
  await expect(page.getByRole('link', { name: /^Inbox, \d+ unread$/ })).toBeVisible();

  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeVisible();
  const message = page
    .getByRole('listitem')
    .filter({ has: page.locator(`a[href="/courses/${course.enrolment}"]`) });
  await expect(message.getByText('New')).toBeVisible();
  await message.getByRole('link', { name: 'You are enrolled' }).click();
  await expect(page).toHaveURL(`/courses/${course.enrolment}`);
  await expect.poll(() => isUnread(page, id)).toBe(false);

  await page.goto('/inbox');
  await expect(message.getByRole('link', { name: 'You are enrolled' })).toBeVisible();
  await expect(message.getByText('New')).toBeHidden();
});

test('everything that is shown can be marked as read at once, with the keyboard', async ({ learner: page, course }) => {
  test.setTimeout(patience_ms + 120_000);
  const id = await messageAbout(page, course.enrolment);
  await page.goto('/inbox');
  const all = page.getByRole('button', { name: 'Mark all as read' });
  await all.focus();
  await page.keyboard.press('Enter');
  await expect(all).toBeHidden();
  // Other tests give the same learner more to read meanwhile, so only what was shown is asked for.
  await expect.poll(() => isUnread(page, id)).toBe(false);
});

test('a choice is saved as it is made, and what is mandatory is no choice', async ({ learner: page }) => {
  await page.getByRole('button', { name: /preferences and sign out/ }).click();
  await page.getByRole('link', { name: 'What you are told' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'What you are told' })).toBeVisible();
  await expect(page.getByRole('checkbox', { name: 'Enrolments, by e-mail' })).toBeDisabled();

  const changes = page.getByRole('checkbox', { name: 'Changes, by e-mail' });
  await changes.uncheck();
  await expect(page.getByText(/Saved at \d\d:\d\d:\d\d/)).toBeVisible();
  await page.reload();
  await expect(changes).not.toBeChecked();
  await changes.check();
  await expect(page.getByText(/Saved at \d\d:\d\d:\d\d/)).toBeVisible();
});

test('a choice that does not arrive is not shown as made', async ({ learner: page, context }) => {
  await page.goto('/preferences');
  const grades = page.getByRole('checkbox', { name: 'Grades, in the inbox' });
  await expect(grades).toBeChecked();
  await context.setOffline(true);
  // Not `uncheck`, which would insist on the box being empty afterwards.
  await grades.click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(grades).toBeChecked();
  await context.setOffline(false);
});

test('a link of an e-mail asks first, and one that is not ours changes nothing', async ({ browser }) => {
  // Nobody is signed in here.
  const context = await browser.newContext({ baseURL: stack.web });
  const page = await context.newPage();
  await page.goto('/unsubscribe/grade_posted~email~bm9ib2R5cw');
  await expect(page.getByRole('heading', { level: 1, name: 'End these e-mails?' })).toBeVisible();
  await page.getByRole('button', { name: 'End these e-mails' }).click();
  await expect(page.getByRole('alert')).toContainText('This link does not work any more');
  await page.goto('/unsubscribe/cut-off');
  await expect(page.getByRole('heading', { level: 1, name: 'This link leads nowhere' })).toBeVisible();
  await context.close();
});
