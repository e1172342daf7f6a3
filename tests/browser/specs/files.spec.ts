import type { Page } from '@playwright/test';
import { expect, test as base } from '../support/course.ts';
import { isShown, picturesCourse } from '../support/pictures.ts';
import { lessonPath, readingCourse } from '../support/reading.ts';

/** How a page asks for addresses, and the addresses that it gets. */
const asking = /\/assets\?ids=/;
const file = /\/a\/[0-9a-f]{64}\?/;

const test = base.extend<{ pictures: { enrolment: string } }>({
  pictures: async ({ admin, learner }, use) => {
    await use(await picturesCourse(admin, learner));
  },
});

/** Says that the connection is back, as a browser does. */
const back = (page: Page) => page.evaluate(() => void dispatchEvent(new Event('online')));

/** Whether this page gets addresses when it asks for them. */
async function addressesOf(page: Page, is: { had: boolean }): Promise<void> {
  await page.route(asking, (route) => (is.had ? route.continue() : route.fulfill({ status: 503 })));
}

test('a picture whose address could not be had with the question is shown after all', async ({ learner, pictures }) => {
  let asked = 0;
  await learner.route(asking, (route) => {
    asked += 1;
    return asked === 1 ? route.fulfill({ status: 503 }) : route.continue();
  });
  await learner.goto(`/courses/${pictures.enrolment}/quizzes/quiz`);
  await learner.getByRole('button', { name: 'Start', exact: true }).click();
  await isShown(learner.getByAltText('In the question'));
  expect(asked).toBeGreaterThan(1);
});

test('pictures that could not be fetched are fetched when the connection is back', async ({ learner, pictures }) => {
  const addresses = { had: true };
  await addressesOf(learner, addresses);
  let isCut = true;
  await learner.route(file, (route) => {
    if (!isCut) return route.continue();
    // The page has its first addresses by now, and gets no others.
    addresses.had = false;
    return route.abort();
  });
  const refused = learner.waitForResponse((response) => asking.test(response.url()) && response.status() === 503);
  await learner.goto(`/courses/${pictures.enrolment}/lessons/lesson`);
  await refused;
  const shown = [learner.getByAltText('A block'), learner.getByAltText('In the text')];
  for (const picture of shown) await expect(picture).toHaveJSProperty('naturalWidth', 0);

  isCut = false;
  addresses.had = true;
  await back(learner);
  // Sooner than they would ask by themselves.
  for (const picture of shown) await isShown(picture, 15_000);
});

test('pictures whose addresses have run out ask for new ones together', async ({ learner, pictures }) => {
  await learner.goto(`/courses/${pictures.enrolment}/lessons/three`);
  const shown = ['The first', 'The second', 'The third'].map((alt) => learner.getByAltText(alt));
  for (const picture of shown) await isShown(picture);

  const asked: string[] = [];
  learner.on('request', (request) => {
    if (asking.test(request.url())) asked.push(request.url());
  });
  // What stands for an address that has run out fails without the network, all three at once.
  await learner.locator('article img').evaluateAll((images) => {
    for (const image of images as HTMLImageElement[]) image.src = 'data:image/png,none';
  });
  for (const picture of shown) {
    await expect(picture).toHaveAttribute('src', /Expires=/);
    await isShown(picture);
  }
  expect(asked).toHaveLength(1);
  const ids = new URL(asked[0] ?? '').searchParams.get('ids');
  expect(ids?.split(',').toSorted()).toEqual(['picture', 'second', 'third']);
});

test.describe('a video', () => {
  /** Whether the page knows by now how long the film is: it has a beginning of it. */
  const isThere = (page: Page) =>
    expect.poll(() => page.locator('video').evaluate((film: HTMLVideoElement) => film.readyState)).toBeGreaterThan(0);

  /** Plays it for a moment. */
  async function plays(page: Page): Promise<void> {
    const film = page.locator('video');
    await film.evaluate(async (film: HTMLVideoElement) => {
      film.muted = true;
      await film.play();
    });
    await expect.poll(() => film.evaluate((film: HTMLVideoElement) => film.currentTime)).toBeGreaterThan(0.5);
  }

  test('whose address is refused once goes on', async ({ learner, admin }) => {
    const readers = await readingCourse(admin, learner);
    let refused = 0;
    await learner.route(file, (route) => {
      if (refused > 0) return route.continue();
      refused += 1;
      return route.fulfill({ status: 403 });
    });
    await learner.goto(lessonPath(readers, 'film'));
    await isThere(learner);
    expect(refused).toBe(1);
    await plays(learner);
  });

  test('that cannot be fetched says so, until it can', async ({ learner, admin }) => {
    const readers = await readingCourse(admin, learner);
    const addresses = { had: false };
    await addressesOf(learner, addresses);
    await learner.goto(lessonPath(readers, 'film'));
    const words = learner.getByText('This video cannot be fetched just now.');
    await expect(words).toBeVisible();

    // Asking again does not help while there is nothing to be had.
    const refused = learner.waitForResponse((response) => asking.test(response.url()));
    await learner.getByRole('button', { name: 'Try again' }).click();
    expect((await refused).status()).toBe(503);
    await expect(words).toBeVisible();

    addresses.had = true;
    await back(learner);
    await isThere(learner);
    await expect(words).toHaveCount(0);
    await plays(learner);
  });
});

test('a file that cannot be opened says so beside its link, and opens once it can', async ({ learner, context, pictures }) => {
  const addresses = { had: false };
  await addressesOf(learner, addresses);
  await learner.goto(`/courses/${pictures.enrolment}/lessons/lesson`);
  const link = learner.getByRole('link', { name: 'The picture as a file' });
  const words = learner.getByRole('article').getByText('This file cannot be opened just now.');
  await link.click();
  await expect(words).toBeVisible();
  // No empty tab is left behind.
  await expect.poll(() => context.pages().length).toBe(1);

  addresses.had = true;
  const [tab] = await Promise.all([context.waitForEvent('page'), link.click()]);
  await expect.poll(() => tab.url()).toMatch(/Expires=/);
  await expect(words).toHaveCount(0);
});

test('a link to a file has a fresh address before it is followed', async ({ learner, pictures }) => {
  await learner.clock.install();
  await learner.goto(`/courses/${pictures.enrolment}/lessons/lesson`);
  const link = learner.getByRole('link', { name: 'The picture as a file' });
  await expect(link).toHaveAttribute('href', /Expires=/);
  await learner.clock.fastForward(30_000);
  const asked = learner.waitForResponse((response) => asking.test(response.url()));
  await link.hover();
  const { urls } = (await (await asked).json()) as { urls: Record<string, string> };
  await expect(link).toHaveAttribute('href', urls['picture'] ?? 'none');
});
