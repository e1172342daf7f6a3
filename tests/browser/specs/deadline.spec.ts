import { readFileSync } from 'node:fs';
import { expect, test } from '../support/course.ts';
import { ask } from '../support/signIn.ts';

test('a deadline days ahead is counted in the days of the reader’s calendar', async ({ learner, course }) => {
  await learner.goto(`/courses/${course.enrolment}`);
  const due = learner.getByText(/^Due .* in \d+ days$/).first();
  await expect(due).toBeVisible();
  // Again where midnight comes between the page and this look at it.
  await expect(async () => {
    await learner.reload();
    const shown = (await due.textContent()) ?? '';
    const [counted, day] = [/in (\d+) days/, /Due \w+ (\d+) /].map((part) => Number(part.exec(shown)?.[1]));
    const between = await learner.evaluate((day) => {
      const date = new Date();
      let days = 0;
      while (date.getDate() !== day && days < 31) {
        date.setDate(date.getDate() + 1);
        days += 1;
      }
      return days;
    }, day);
    expect(counted).toBe(between);
  }).toPass();
});

interface Vector {
  kind: string;
  zone: string;
  civil: string;
  instant: string;
  /** What the clock of the zone shows at that instant. */
  shown: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../shared/domain/src/deadline/vectors.json', import.meta.url), 'utf8'),
) as Vector[];

/** One of each kind: a summer's day, a time that comes twice, one that is skipped, a day that is not there, … */
const oneOfEach = [...new Map(vectors.map((each) => [each.kind, each])).values()];

/** What the clock of a zone shows at an instant, as the vectors write it. */
const clockOf = (timeZone: string, instant: string) =>
  new Date(instant).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');

const words = (civil: string, zone: string) => {
  const options: Intl.DateTimeFormatOptions = {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  };
  const clock = new Intl.DateTimeFormat('en-GB', options).format(new Date(`${civil}Z`));
  return `that is ${clock} in ${zone.split('/').pop()?.replaceAll('_', ' ')}.`;
};

test('whatever the clocks of a zone do, the page shows the instant that counts, and the cohort’s clock at it', async ({
  admin,
  learner,
  course,
}) => {
  const { cohorts } = await ask<{ cohorts: { name: string; course: string; release: string }[] }>(
    admin,
    'GET',
    '/api/cohorts',
  );
  const { course: taken, release } = cohorts.find((each) => each.name === course.cohortName) ?? {};
  const reader = await learner.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  for (const { kind, zone, civil, instant, shown } of oneOfEach) {
    const deadlines = { [course.quiz.id]: { civil } };
    await ask(admin, 'PUT', `/api/cohorts/${course.cohort}`, { name: kind, course: taken, release, zone, deadlines });
    await learner.goto(`/courses/${course.enrolment}/quizzes/${course.quiz.id}`);
    const due = learner.getByRole('listitem').filter({ hasText: /^\s*(Hand it in by|It was due) / });
    await expect(due.locator('time'), `${civil} in ${zone}: ${kind}`).toHaveAttribute('datetime', instant);
    // The reader's own clock is not said twice.
    if (shown !== clockOf(reader, instant)) {
      await expect(due, `${civil} in ${zone}: ${kind}`).toContainText(words(shown, zone));
    }
  }
});
