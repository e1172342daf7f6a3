import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/course.ts';

const sizes = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
];

async function isSound(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(beyond, 'wider than the window').toBeLessThanOrEqual(0);
}

test('a learner gets everything that is held about them as a file', async ({ learner: page }) => {
  await page.getByRole('button', { name: /preferences and sign out/ }).press('Enter');
  await page.getByRole('link', { name: 'My data' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'My data' })).toBeVisible();
  const order = page.getByRole('button', { name: /Make (an archive|a newer one)/ });
  await order.press('Enter');
  // Again where the archive of an earlier run was there, and went as the newer one was ordered.
  await expect(async () => {
    const download = page.waitForEvent('download', { timeout: 10_000 });
    await page.getByRole('button', { name: 'Download the archive' }).press('Enter', { timeout: 10_000 });
    expect((await download).suggestedFilename()).toBe('my-data.zip');
  }).toPass({ timeout: 120_000 });
  await expect(page.getByRole('heading', { level: 1, name: 'My data' })).toBeVisible();
});

for (const viewport of sizes) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${viewport.width} × ${viewport.height}, ${colorScheme}`, () => {
      test.use({ viewport, colorScheme });

      test('my data is sound with and without an archive', async ({ learner: page }, info) => {
        await page.route('**/api/me/export', (route) =>
          route.fulfill({ json: { state: 'none', asked_at: null, ready_at: null, until: null, bytes: null, url: null } }),
        );
        await page.goto('/my-data');
        await expect(page.getByRole('button', { name: 'Make an archive' })).toBeVisible();
        await isSound(page);
        await info.attach('none', { body: await page.screenshot(), contentType: 'image/png' });
        await page.unroute('**/api/me/export');
        await page.getByRole('button', { name: 'Make an archive' }).click();
        await expect(page.getByRole('button', { name: 'Download the archive' })).toBeVisible();
        await isSound(page);
        await info.attach('ready', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' });
      });
    });
  }
}
