import { expect, type Page } from '@playwright/test';
import { account, type Who } from './stack.ts';

/** Through the pool's own page, as a person does it. */
export async function signIn(page: Page, who: Who, path = '/'): Promise<void> {
  await page.goto(path);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await throughThePool(page, who, path);
}

export async function throughThePool(page: Page, who: Who, path: string): Promise<void> {
  const { email, password } = account(who);
  const home = page.getByRole('navigation', { name: 'Main' });
  const username = page.locator('input[name="username"]');
  // A pool that remembers the person sends them straight back.
  await expect(username.or(home).first()).toBeVisible();
  if (await username.isVisible()) {
    await username.fill(email);
    await page.locator('input[name="password"]').fill(password);
    await page.locator('input[name="password"]').press('Enter');
  }
  await page.waitForURL((url) => url.pathname === path);
  await expect(home).toBeVisible();
}

/** Asks the API as the person who is signed in on this page. */
export async function ask<T>(page: Page, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await page.evaluate(
    async ({ method, path, body }) => {
      const { access_token } = JSON.parse(sessionStorage.getItem('stoa.tokens') ?? '{}') as { access_token?: string };
      const authorization = `Bearer ${access_token}`;
      // What the edge serves is opened by cookies.
      if (path.startsWith('/t/')) await fetch('/api/session', { method: 'POST', headers: { authorization } });
      const response = await fetch(path, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      });
      return { ok: response.ok, status: response.status, text: await response.text() };
    },
    { method, path, body },
  );
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return JSON.parse(answer.text) as T;
}
