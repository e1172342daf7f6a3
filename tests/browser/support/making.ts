import { createHash } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import { ask } from './signIn.ts';

/** Gives a course a file, with its bytes. */
export async function upload(author: Page, path: string, name: string, content_type: string, bytes: Buffer): Promise<void> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { upload } = await ask<{ upload: { url: string; headers: Record<string, string> } | null }>(author, 'PUT', path, {
    name,
    content_type,
    size: bytes.length,
    sha256,
  });
  // The bytes may be there already.
  if (!upload) return;
  const put = await author.request.put(upload.url, { headers: upload.headers, data: bytes });
  expect(put.ok()).toBe(true);
}

/** Publishes a course, makes a cohort of its name and enrols the learner. Answers the enrolment, once its progress is there. */
export async function publishAndEnrol(admin: Page, learner: Page, course: string): Promise<string> {
  const { release } = await ask<{ release: string }>(admin, 'POST', `/api/courses/${course}/releases`, {});
  const cohort = { name: 'Readers', course, release, zone: 'Europe/Berlin', deadlines: {} };
  await ask(admin, 'PUT', `/api/cohorts/${course}`, cohort);
  const { person } = await ask<{ person: string }>(learner, 'GET', '/api/me');
  const { enrolments } = await ask<{ enrolments: { enrolment: string }[] }>(
    admin,
    'POST',
    `/api/cohorts/${course}/enrolments`,
    { people: [person] },
  );
  const enrolment = enrolments[0]?.enrolment ?? '';
  await expect
    .poll(() =>
      ask<{ as_of: string | null }>(learner, 'GET', `/api/enrolments/${enrolment}/progress`).then(
        (progress) => progress.as_of !== null,
        () => false,
      ),
    )
    .toBe(true);
  return enrolment;
}
