import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { publishAndEnrol, upload } from './making.ts';
import { ask } from './signIn.ts';

/** Two by one pixels. */
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAADUlEQVR4nGP4zwAE/wEHAAH/4iOeWQAAAABJRU5ErkJggg==',
  'base64',
);

/** A course of a lesson and a quiz that show the same picture. */
export async function picturesCourse(admin: Page, learner: Page): Promise<{ enrolment: string }> {
  const course = `pictures-${randomUUID().slice(0, 8)}`;
  const at = `/api/courses/${course}`;
  await ask(admin, 'PUT', at, { title: 'Pictures', language: 'en' });
  await upload(admin, `${at}/assets/picture`, 'picture.png', 'image/png', picture);
  const rest = { parent: null, required: true, completion: null, access: null, minutes: null };
  const blocks = [
    { type: 'image', asset: 'picture', alt: 'A block' },
    { type: 'html', html: '<p><img src="asset:picture" alt="In the text"></p>' },
    { type: 'file', asset: 'picture', title: 'The picture as a file' },
  ];
  const lesson = { ...rest, position: 0, kind: 'lesson', title: 'A lesson', assessment: null, blocks };
  await ask(admin, 'PUT', `${at}/nodes/lesson`, lesson);
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
