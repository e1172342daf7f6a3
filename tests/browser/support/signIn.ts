import { expect, type Page } from '@playwright/test';
import { account } from './stack.ts';

/** Through the pool's own page, as a person does it. */
export async function signIn(page: Page, who: 'learner' | 'instructor' | 'admin', path = '/'): Promise<void> {
  const { email, password } = account(who);
  await page.goto(path);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('input[name="username"]').fill(email);
  await page.locator('input[name="password"]').fill(password);
  await page.locator('input[name="password"]').press('Enter');
  await page.waitForURL((url) => url.pathname === path);
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
}

/** Asks the API as the person who is signed in on this page. */
export async function ask<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await page.evaluate(
    async ({ method, path, body }) => {
      const { access_token } = JSON.parse(sessionStorage.getItem('stoa.tokens') ?? '{}') as { access_token?: string };
      const response = await fetch(path, {
        method,
        headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      });
      return { ok: response.ok, status: response.status, text: await response.text() };
    },
    { method, path, body },
  );
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as T;
}
