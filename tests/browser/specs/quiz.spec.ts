import { expect, test } from '../support/course.ts';
import {
  answer,
  answerEverything,
  answersShown,
  everythingSaved,
  handInButton,
  openQuiz,
  questions,
  quizPath,
  receiptCode,
  review,
} from '../support/quiz.ts';

test('answers are saved as they are given and a reload brings them back', async ({ learner, course }) => {
  await openQuiz(learner, course);
  await answerEverything(learner);
  await everythingSaved(learner);
  const before = await answersShown(learner);
  expect(before.every((each) => each !== '')).toBe(true);

  await learner.reload();
  await expect(questions(learner)).toHaveCount(before.length);
  expect(await answersShown(learner)).toEqual(before);
});

test('the page before handing in names what has no answer, and the receipt and grade follow', async ({
  learner,
  course,
}) => {
  await openQuiz(learner, course);
  await answer(questions(learner).first());
  await everythingSaved(learner);
  await review(learner);
  const missing = (course.quiz.assessment?.item_count ?? 0) - 1;
  await expect(
    learner.getByText(new RegExp(`${missing === 1 ? 'One question has' : `${missing} questions have`} no answer yet`)),
  ).toBeVisible();

  await learner.getByRole('link', { name: 'question 2', exact: true }).click();
  await expect(questions(learner).nth(1).locator('input, textarea').first()).toBeFocused();
  await answerEverything(learner);
  await review(learner);
  await expect(learner.getByText('Every question has an answer.')).toBeVisible();
  await handInButton(learner).click();

  await receiptCode(learner);
  await expect(learner.getByRole('heading', { level: 2, name: /^So far: .* points/ })).toBeVisible();

  // What a person still reads has no points yet, which is not to say none.
  for (const page of [`/courses/${course.enrolment}/grades`, quizPath(course)]) {
    await learner.goto(page);
    const result = learner.getByRole('cell').filter({ hasText: /a person still reads part of it/i });
    await expect(result).toHaveText(/^– of [\d.]+/);
  }
});

test('a second tab that hands in later gets the receipt that stands', async ({ learner, course, context }) => {
  await openQuiz(learner, course);
  await answerEverything(learner);
  await everythingSaved(learner);
  await review(learner);

  const second = await context.newPage();
  await second.goto(learner.url());
  await expect(handInButton(second)).toBeVisible();

  await handInButton(learner).click();
  const code = await receiptCode(learner);

  // The second tab still believes that the attempt is open; the server knows better.
  await handInButton(second).click();
  expect(await receiptCode(second)).toBe(code);
  await expect(second.getByText('handed in from another tab or device first')).toBeVisible();
});

test('two tabs that answer different questions both keep their answers', async ({ learner, course, context }) => {
  await openQuiz(learner, course);
  const second = await context.newPage();
  await second.goto(learner.url());
  await expect(questions(second).first()).toBeVisible();

  await answer(questions(learner).nth(0));
  await everythingSaved(learner);
  await answer(questions(second).nth(1));
  await everythingSaved(second);

  await learner.reload();
  await expect(questions(learner).first()).toBeVisible();
  const [first, other] = await answersShown(learner);
  expect(first).not.toBe('');
  expect(other).not.toBe('');
});
