import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { publishAndEnrol, upload } from './making.ts';
import { ask } from './signIn.ts';

/** Twenty seconds of VP8: a light square that crosses a dark field. */
const clip = readFileSync(new URL('clip.webm', import.meta.url));
export const clip_ms = 20_000;

export interface ReadingCourse {
  enrolment: string;
}

export const lessonPath = (course: ReadingCourse, node: string) => `/courses/${course.enrolment}/lessons/${node}`;

/**
 * A course of lessons that are completed by reading: `short` in a second, read to the end; `long` in ninety; `film` by
 * watching half of it; and `after`, which opens with `short`, and `later`, which opens in the far future.
 */
export async function readingCourse(admin: Page, learner: Page): Promise<ReadingCourse> {
  const course = `reading-${randomUUID().slice(0, 8)}`;
  const at = `/api/courses/${course}`;
  await ask(admin, 'PUT', at, { title: 'Reading', language: 'en' });
  await upload(admin, `${at}/assets/clip`, 'clip.webm', 'video/webm', clip);
  const text = { type: 'html', html: '<p>A paragraph to read.</p>'.repeat(60) };
  const film = { type: 'video', asset: 'clip', title: 'A square crosses the field', duration_ms: clip_ms };
  const read = (min_seconds: number) => ({
    type: 'all_of',
    conditions: [
      { type: 'time_spent', min_seconds },
      { type: 'scrolled_to', percent: 100 },
    ],
  });
  const watch = { type: 'video_watched_percent', video: 'clip', min_percent: 50 };
  const afterShort = { type: 'time_spent', node: 'short', min_seconds: 1 };
  const date = { type: 'after_date', zone: 'Europe/Berlin', when: { civil: '2999-12-03T09:00:00' } };
  const choice = { type: 'n_of', n: 1, conditions: [afterShort, { type: 'scrolled_to', node: 'long', percent: 100 }, date] };
  const nodes: [string, string, unknown, unknown, unknown[]][] = [
    ['short', 'A short lesson', read(1), null, [text]],
    ['long', 'A long lesson', read(90), null, [text]],
    ['film', 'A film', watch, null, [film]],
    ['after', 'What comes after', null, choice, [text]],
    ['later', 'What comes much later', null, date, [text]],
  ];
  for (const [position, [id, title, completion, access, blocks]] of nodes.entries()) {
    const node = { parent: null, position, kind: 'lesson', title, required: true, completion, access, minutes: null };
    await ask(admin, 'PUT', `${at}/nodes/${id}`, { ...node, assessment: null, blocks });
  }
  const enrolment = await publishAndEnrol(admin, learner, course);
  return { enrolment };
}

export interface Report {
  beats: { node: string; from: string; to: string }[];
  scrolled: { node: string; percent: number }[];
  watched: { node: string; video: string; from_ms: number; to_ms: number }[];
}

/** Takes every report of these pages' reading in the server's place, and keeps it. */
export async function reportsOf(...pages: Page[]): Promise<Report[]> {
  const reports: Report[] = [];
  for (const page of pages) {
    await page.route('**/api/enrolments/*/reading', async (route) => {
      reports.push(route.request().postDataJSON() as Report);
      await route.fulfill({ status: 202, json: { nodes: 1 } });
    });
  }
  return reports;
}

/** Seconds of a lesson in these reports since then, as the server counts them: each once. */
export function secondsIn(reports: Report[], node: string, since = 0): number {
  const beats = reports.flatMap((report) => report.beats).filter((beat) => beat.node === node);
  const spans = beats.map(({ from, to }) => [Date.parse(from), Date.parse(to)] as const).toSorted((a, b) => a[0] - b[0]);
  let [total, end] = [0, since];
  for (const [from, to] of spans) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total / 1_000;
}

/** Says that a page is on the screen, or is not: a browser without a window shows all of its tabs. */
export async function show(page: Page, isShown: boolean): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isShown ? 'visible' : 'hidden');
}
