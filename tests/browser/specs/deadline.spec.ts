import { expect, test } from '../support/course.ts';

test('a deadline days ahead is counted in the days of the reader’s calendar', async ({ learner, course }) => {
  await learner.goto(`/courses/${course.enrolment}`);
  const due = learner.getByText(/^Due .* in \d+ days$/).first();
  await expect(due).toBeVisible();
  const counted = Number(/in (\d+) days/.exec((await due.textContent()) ?? '')?.[1]);
  const shown = await due.textContent();
  const between = await learner.evaluate((text) => {
    const [, day] = /Due \w+ (\d+) /.exec(text ?? '') ?? [];
    const date = new Date();
    let days = 0;
    while (date.getDate() !== Number(day)) {
      date.setDate(date.getDate() + 1);
      days += 1;
    }
    return days;
  }, shown);
  expect(counted).toBe(between);
});
