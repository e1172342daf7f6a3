import type { Page } from '@playwright/test';
import { expect, test } from '../support/course.ts';
import { ask, signIn, throughThePool } from '../support/signIn.ts';
import { answer, answersShown, everythingSaved, openQuiz, questions } from '../support/quiz.ts';

const unsent = (page: Page) => page.getByText('Answers are not sent yet');

/** What the browser holds of anybody's answers. */
const draftsKept = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => /^stoa\.kept\..*\bdraft\./.test(key)).length);

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /preferences and sign out/ }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
}

test('unsent answers wait for whom they belong to, and nobody else who signs in on this browser sees them', async ({
  learner: page,
  course,
  context,
}) => {
  await openQuiz(page, course);
  await page.route('**/oauth2/token', (route) => route.fulfill({ status: 400, json: { error: 'invalid_grant' } }));
  await page.route('**/draft', (route) => route.fulfill({ status: 401, json: { message: 'Unauthorized' } }));
  await answer(questions(page).first());
  await expect(page.getByRole('heading', { name: 'Please sign in again' })).toBeVisible();
  await page.unrouteAll();
  expect(await draftsKept(page)).toBe(1);

  // The pool has forgotten the first person as well; somebody else sits down in the same tab.
  await context.clearCookies();
  await page.getByRole('button', { name: 'Sign in and go on' }).click();
  await throughThePool(page, 'instructor', '/');
  await expect(page.getByRole('heading', { level: 1, name: /courses$/ })).toBeVisible();
  await expect(unsent(page)).toHaveCount(0);
  await expect(page.getByText(course.quiz.title)).toHaveCount(0);
  expect(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('stoa.quiz.')))).toEqual([]);
  await signOut(page);
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
  expect(await draftsKept(page)).toBe(1);

  await signIn(page, 'learner');
  await expect(unsent(page)).toBeVisible();
  await page.getByRole('link', { name: 'Go back and send them' }).click();
  await everythingSaved(page);
  expect((await answersShown(page))[0]).not.toBe('');
  expect(await draftsKept(page)).toBe(0);
});

test('answers that somebody deletes by signing out are not on this browser any more', async ({ learner, course }) => {
  await openQuiz(learner, course);
  await learner.route('**/draft', (route) => route.abort('connectionreset'));
  await answer(questions(learner).first());
  await expect(learner.getByText('Kept on this device, trying again').first()).toBeVisible();
  await signOut(learner);
  await expect(learner.getByText(`answers in ${course.quiz.title}`)).toBeVisible();
  await learner.getByRole('button', { name: 'Delete them and sign out' }).click();
  await expect(learner.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
  expect(await draftsKept(learner)).toBe(0);
});

test('a tab keeps to its own person while somebody else is signed in beside it', async ({ learner, admin }) => {
  const { person, theirs } = await learner.evaluate(
    () => ({ person: sessionStorage.getItem('stoa.owner'), theirs: sessionStorage.getItem('stoa.tokens') }),
  );
  const others = await admin.evaluate(() => ({
    owner: sessionStorage.getItem('stoa.owner') ?? '',
    tokens: JSON.parse(sessionStorage.getItem('stoa.tokens') ?? '{}') as Record<string, unknown>,
  }));
  // What a tab of the other person says when it has renewed its session, and when it ends it.
  await learner.evaluate(({ owner, tokens }) => {
    const channel = new BroadcastChannel('stoa.session');
    channel.postMessage({ tokens: { ...tokens, expires_at: Date.now() + 86_400_000 } });
    channel.postMessage({ signed_out: owner });
  }, others);
  await learner.reload();
  await expect(learner.getByRole('navigation', { name: 'Main' })).toBeVisible();
  const after = await learner.evaluate(
    () => ({ person: sessionStorage.getItem('stoa.owner'), theirs: sessionStorage.getItem('stoa.tokens') }),
  );
  expect(after).toEqual({ person, theirs });
});

test('a page that the browser brings back after signing out is not shown', async ({ learner }) => {
  // As if the page had been left for the pool and were shown again as it was.
  await learner.route('**/logout?**', (route) => route.fulfill({ status: 204 }));
  await signOut(learner);
  await expect.poll(() => learner.evaluate(() => sessionStorage.length)).toBe(0);
  await expect(learner.getByRole('navigation', { name: 'Main' })).toBeVisible();
  await learner.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await expect(learner.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
  await expect(learner.getByRole('navigation', { name: 'Main' })).toHaveCount(0);
});

test('a page that the browser brings back is not shown to somebody else who signed in meanwhile', async ({ learner, admin }) => {
  const { name } = await ask<{ name: string }>(admin, 'GET', '/api/me');
  const theirs = await admin.evaluate(() => ({ ...sessionStorage }));
  await learner.route('**/logout?**', (route) => route.fulfill({ status: 204 }));
  await signOut(learner);
  await expect.poll(() => learner.evaluate(() => sessionStorage.length)).toBe(0);
  // The tab as it is after the other person has signed in, and the page from before as the browser kept it.
  await learner.evaluate((others) => {
    Object.assign(sessionStorage, others);
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  }, theirs);
  await expect(learner.getByRole('button', { name: `${name}: preferences and sign out` })).toBeVisible();
});

test('a session that is renewed while somebody signs out stays over, in this tab and in others', async ({ learner }) => {
  const heard = () => learner.evaluate(() => (window as unknown as { heard: string[] }).heard);
  await learner.evaluate(() => {
    const heard: string[] = [];
    new BroadcastChannel('stoa.session').onmessage = ({ data }: MessageEvent<object>) => void heard.push(...Object.keys(data));
    Object.assign(window, { heard });
  });
  let answer = () => {};
  const released = new Promise<void>((resolve) => (answer = resolve));
  await learner.route('**/oauth2/token', async (route) => {
    await released;
    await route.continue();
  });
  await learner.route('**/logout?**', (route) => route.fulfill({ status: 204 }));
  // A token that is refused is renewed.
  await learner.route('**/api/me/notifications', (route) => route.fulfill({ status: 401, json: { message: 'Unauthorized' } }));
  const renewing = learner.waitForRequest('**/oauth2/token');
  await learner.getByRole('link', { name: /^Inbox/ }).click();
  await renewing;
  await signOut(learner);
  await expect.poll(heard).toEqual(['signed_out']);

  answer();
  await expect(learner.getByText('Your session has ended.').first()).toBeVisible();
  expect(await learner.evaluate(() => sessionStorage.getItem('stoa.tokens'))).toBeNull();
  expect(await heard()).toEqual(['signed_out']);
});

test.describe('a browser that keeps nothing of the app', () => {
  test.use({ serviceWorkers: 'block' });

  test('a sign-in that failed leads back to the welcome page', async ({ page }) => {
    await page.goto('/signed-in?error=access_denied');
    await expect(page.getByRole('heading', { level: 1, name: 'You are not signed in yet' })).toBeVisible();
    // Without the addresses of the sign-in page the button can only say so.
    await page.route('**/config.json', (route) => route.abort('connectionreset'));
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(page.getByRole('alert')).toContainText('The server did not answer.');
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await expect(page.getByRole('heading', { level: 1, name: 'Stoa' })).toBeVisible();
  });
});

test('who signs in beside somebody else is themselves from the first moment', async ({ admin, browser }) => {
  const theirs = await admin.evaluate(() => ({ ...sessionStorage }));
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.locator('input[name="username"]')).toBeVisible();
  const beside = await context.newPage();
  await beside.goto('/');
  await beside.evaluate((items) => void Object.assign(sessionStorage, items), theirs);
  await beside.reload();
  await expect(beside.getByRole('navigation', { name: 'Main' })).toBeVisible();

  await beside.evaluate(() => {
    const asked: unknown[] = [];
    new BroadcastChannel('stoa.session').onmessage = ({ data }: MessageEvent<object>) => void ('ask' in data && asked.push(data));
    Object.assign(window, { asked });
  });

  await throughThePool(page, 'instructor', '/');
  // Had it asked the other tab for a session, it could have begun as the other person.
  expect(await beside.evaluate(() => (window as unknown as { asked: unknown[] }).asked)).toEqual([]);
  const { name } = await ask<{ name: string }>(page, 'GET', '/api/me');
  await expect(page.getByRole('button', { name: `${name}: preferences and sign out` })).toBeVisible();
  await context.close();
});

test('a tab with a session and without an owner belongs to whoever is signed in there', async ({ learner }) => {
  const person = await learner.evaluate(() => sessionStorage.getItem('stoa.owner'));
  expect(person).not.toBeNull();
  await learner.evaluate(() => sessionStorage.removeItem('stoa.owner'));
  await learner.reload();
  await expect(learner.getByRole('navigation', { name: 'Main' })).toBeVisible();
  expect(await learner.evaluate(() => sessionStorage.getItem('stoa.owner'))).toBe(person);
});
