import type { Page } from '@playwright/test';
import { expect, test as base } from '../support/course.ts';
import {
  clip_ms,
  lessonPath,
  readingCourse,
  reportsOf,
  secondsIn,
  show,
  type ReadingCourse,
  type Report,
} from '../support/reading.ts';
import { ask } from '../support/signIn.ts';

const test = base.extend<{ readers: ReadingCourse }>({
  readers: async ({ admin, learner }, use) => {
    await use(await readingCourse(admin, learner));
  },
});

/** Opens a lesson on a clock that the test alone moves, once the lesson is there: slow machines count no more than fast ones. */
async function open(page: Page, readers: ReadingCourse, node: string): Promise<void> {
  await page.clock.install();
  await page.goto(lessonPath(readers, node));
  await expect(page.locator('article .prose, article video').first()).toBeVisible();
}

/** Stops the clock of all tabs, and says when that is. */
async function stopClock(page: Page): Promise<number> {
  const then = (await page.evaluate(() => Date.now())) + 1_000;
  await page.clock.pauseAt(then);
  return then;
}

/**
 * The seconds that are reported, by and by. The clock goes on meanwhile, with nobody at the page: what was not sent in one
 * minute is in the next, and no more than a minute is counted of it.
 */
const reportedBy = (page: Page, reports: Report[]) =>
  expect.poll(async () => {
    await page.clock.runFor(5_000);
    return secondsIn(reports, 'long');
  }, { timeout: 60_000 });

/** Reads for so many seconds with a hand on the mouse. */
async function read(page: Page, seconds: number): Promise<void> {
  for (let at = 0; at < seconds; at += 10) {
    await page.mouse.move(200 + (at % 7), 300);
    await page.clock.runFor(10_000);
  }
}

test('time counts while a lesson is on the screen and its reader does something', async ({ learner, readers }) => {
  const reports = await reportsOf(learner);
  await open(learner, readers, 'long');
  await stopClock(learner);
  await read(learner, 130);
  await reportedBy(learner, reports).toBeGreaterThan(100);
  expect(reports.length).toBeGreaterThanOrEqual(2);
  expect(reports.length).toBeLessThanOrEqual(6);
  expect(secondsIn(reports, 'long')).toBeLessThan(200);
  const longest = reports.flatMap((report) => report.beats).map((beat) => Date.parse(beat.to) - Date.parse(beat.from));
  expect(Math.max(...longest)).toBeLessThanOrEqual(30_000);
});

test('a lesson in a tab that nobody sees does not count', async ({ learner, readers }) => {
  const reports = await reportsOf(learner);
  await open(learner, readers, 'long');
  await stopClock(learner);
  await read(learner, 30);
  await show(learner, false);
  await learner.clock.runFor(300_000);
  await show(learner, true);
  await read(learner, 70);
  await reportedBy(learner, reports).toBeGreaterThan(60);
  expect(secondsIn(reports, 'long')).toBeLessThan(170);
});

test('who does nothing for a while has gone, and a minute of that is counted', async ({ learner, readers }) => {
  const reports = await reportsOf(learner);
  await open(learner, readers, 'long');
  await stopClock(learner);
  await read(learner, 30);
  await learner.clock.runFor(600_000);
  // Thirty seconds with a hand on the mouse, and the minute after them.
  await reportedBy(learner, reports).toBeGreaterThan(75);
  expect(secondsIn(reports, 'long')).toBeLessThan(125);
});

test('who comes back after a while is reading again, and the while does not count', async ({ learner, readers }) => {
  const reports = await reportsOf(learner);
  // The page takes the server's clock from its answers, and this clock is the test's.
  await learner.route(/\/api\/(?!enrolments\/[^/]+\/reading)/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), date: '' } });
  });
  await open(learner, readers, 'long');
  await stopClock(learner);
  await read(learner, 30);
  await learner.clock.runFor(600_000);
  await read(learner, 70);
  // Thirty seconds and the minute after them, then seventy and what follows on them.
  await reportedBy(learner, reports).toBeGreaterThan(145);
  expect(secondsIn(reports, 'long')).toBeLessThan(240);
});

test('two tabs of a lesson do not add, and one of them reports for both', async ({ learner, readers, context }) => {
  const second = await context.newPage();
  const reports = await reportsOf(learner, second);
  await open(learner, readers, 'long');
  await open(second, readers, 'long');
  const begun = await stopClock(learner);
  for (let at = 0; at < 130; at += 10) {
    for (const page of [learner, second]) await page.mouse.move(200 + (at % 7), 300);
    // The clock is the browser's: it moves in both tabs.
    await learner.clock.runFor(10_000);
  }
  // Each tab's own time is reported, and together it is hardly more than that of one.
  await reportedBy(learner, reports).toBeGreaterThan(90);
  expect(secondsIn(reports, 'long', begun)).toBeLessThan(200);
  expect(reports.length).toBeLessThanOrEqual(6);
});

test('what is read offline is kept on the device and sent when the connection is back', async ({
  learner,
  readers,
  context,
}) => {
  await open(learner, readers, 'long');
  await stopClock(learner);
  await context.setOffline(true);
  await read(learner, 190);
  const keptOn = () =>
    learner.evaluate(() => Object.keys(localStorage).filter((key) => /^stoa\.kept\.[^.]+\.reading\./.test(key)).length);
  expect(await keptOn()).toBeGreaterThan(1);
  const reports = await reportsOf(learner);
  await context.setOffline(false);
  await learner.clock.runFor(61_000);
  await reportedBy(learner, reports).toBeGreaterThan(150);
  expect(reports.flatMap((report) => report.scrolled)).toContainEqual({ node: 'long', percent: expect.any(Number) });
});

test('reading completes a lesson, opens the next, and the server believes no more than it saw', async ({
  learner,
  readers,
}) => {
  await learner.goto(`/courses/${readers.enrolment}`);
  await expect(learner.getByText('Opens with 1 of these 3')).toBeVisible();
  await expect(learner.getByText('Opens on 3 December 2999, 09:00 Berlin time')).toBeVisible();

  await open(learner, readers, 'short');
  const opened = Date.now();
  await expect(learner.getByText('To complete this lesson:')).toBeVisible();
  await learner.keyboard.press('End');
  await expect(learner.getByText('Read it to the end')).toBeVisible();
  await expect.poll(() => Date.now() - opened).toBeGreaterThan(2_500);
  await read(learner, 70);
  await expect(learner.getByRole('main').getByText('You have completed this lesson.')).toBeVisible();

  const progress = await ask<{ nodes: Record<string, { completion: { conditions: { current: string }[] }; locked: boolean }> }>(
    learner,
    'GET',
    `/api/enrolments/${readers.enrolment}/progress`,
  );
  expect(Number(progress.nodes['short']?.completion.conditions[0]?.current)).toBeLessThan(45);
  expect(progress.nodes['after']?.locked).toBe(false);
  await learner.goto(lessonPath(readers, 'after'));
  await expect(learner.getByRole('heading', { level: 1, name: 'What comes after' })).toBeVisible();
  await expect(learner.getByText('still locked')).toHaveCount(0);
});

test('the outline says how much of a lesson is read, and the instructor’s page too', async ({ learner, admin, readers }) => {
  const reported = { beats: [], scrolled: [{ node: 'long', percent: 60 }], watched: [] };
  await ask(learner, 'POST', `/api/enrolments/${readers.enrolment}/reading`, reported);
  await expect(async () => {
    await learner.goto(`/courses/${readers.enrolment}`);
    await expect(learner.getByText('Read to the end: 60 %')).toBeVisible({ timeout: 2_000 });
  }).toPass();
  const { cohort } = await ask<{ cohort: { id: string } }>(learner, 'GET', `/api/enrolments/${readers.enrolment}/progress`);
  await admin.goto(`/cohorts/${cohort.id}/learners/${readers.enrolment}`);
  await expect(admin.getByText(/Read it for 90 seconds.*Read it to the end \(so far 60 %\)/)).toBeVisible();
});

test('a video counts where it was played and not where it was skipped', async ({ learner, readers }) => {
  const reports = await reportsOf(learner);
  await open(learner, readers, 'film');
  const film = learner.locator('video');
  const at = () => film.evaluate((video: HTMLVideoElement) => video.currentTime);
  await film.evaluate(async (video: HTMLVideoElement) => {
    video.muted = true;
    await video.play();
  });
  await expect.poll(at).toBeGreaterThan(1.5);
  await film.evaluate((video: HTMLVideoElement) => (video.currentTime = 18));
  await expect(film).toHaveJSProperty('ended', true);
  await learner.clock.runFor(65_000);
  await expect.poll(() => reports.length).toBeGreaterThan(0);
  const pieces = reports.flatMap((report) => report.watched).filter((piece) => piece.video === 'clip');
  const played = pieces.reduce((sum, piece) => sum + piece.to_ms - piece.from_ms, 0);
  expect(played).toBeGreaterThan(2_500);
  expect(played).toBeLessThan(6_000);
  expect(Math.max(...pieces.map((piece) => piece.to_ms))).toBe(clip_ms);
});
