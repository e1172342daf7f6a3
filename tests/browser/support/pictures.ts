import { randomUUID } from 'node:crypto';
import { expect, type Locator, type Page } from '@playwright/test';
import { publishAndEnrol, upload } from './making.ts';
import { ask } from './signIn.ts';

/** Two by one pixels. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg==',
  'base64',
);

/** Waits until a picture is there with its file, not only with its words. */
export const isShown = (shown: Locator, timeout?: number) =>
  expect
    .poll(() => shown.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth), { timeout })
    .toBe(2);

/** A course of a lesson and a quiz that show the same picture, and of a lesson `three` that shows three. */
export async function picturesCourse(admin: Page, learner: Page): Promise<{ enrolment: string }> {
  const course = `pictures-${randomUUID().slice(0, 8)}`;
  const at = `/api/courses/${course}`;
  await ask(admin, 'PUT', at, { title: 'Pictures', language: 'en' });
  for (const asset of ['picture', 'second', 'third']) {
    await upload(admin, `${at}/assets/${asset}`, `${asset}.png`, 'image/png', picture);
  }
  const rest = { parent: null, required: true, completion: null, access: null, minutes: null };
  const blocks = [
    { type: 'image', asset: 'picture', alt: 'A block' },
    { type: 'html', html: '<p><img src="asset:picture" alt="In the text"></p>' },
    { type: 'file', asset: 'picture', title: 'The picture as a file' },
  ];
  const lesson = { ...rest, position: 0, kind: 'lesson', title: 'A lesson', assessment: null, blocks };
  await ask(admin, 'PUT', `${at}/nodes/lesson`, lesson);
  const three = [
    { type: 'image', asset: 'picture', alt: 'The first' },
    { type: 'html', html: '<p><img src="asset:second" alt="The second"> <img src="asset:third" alt="The third"></p>' },
  ];
  await ask(admin, 'PUT', `${at}/nodes/three`, { ...lesson, position: 2, title: 'Three pictures', blocks: three });
  const assessment = { attempts_max: null, time_limit_minutes: null };
  const quiz = { ...rest, position: 1, kind: 'assessment', title: 'A quiz', assessment, blocks: [] };
  await ask(admin, 'PUT', `${at}/nodes/quiz`, quiz);
  await ask(admin, 'PUT', `${at}/nodes/quiz/items/item`, {
    position: 0,
    kind: 'free_text',
    prompt_html: '<p>What is it? <img src="asset:picture" alt="In the question"></p>',
    points_max: 100,
    choices: [],
    key: null,
    original_type: null,
  });
  return { enrolment: await publishAndEnrol(admin, learner, course) };
}
