import { expect, test } from '@playwright/test';
import type { Answers } from '../../../web/src/api/types.ts';
import { numberFrom } from '../../../web/src/quiz/answers.ts';
import { merge } from '../../../web/src/quiz/merge.ts';

// Rules of the page that need no page.
const text = (words: string) => ({ type: 'text', text: words }) as const;
const base: Answers = { kept: text('as it was'), cleared: text('gone soon') };

test('what only one tab changed is taken from that tab', () => {
  const mine = { ...base, a: text('mine') };
  const theirs = { ...base, b: text('theirs') };
  expect(merge(base, mine, theirs)).toEqual({
    answers: { ...base, a: text('mine'), b: text('theirs') },
    conflicts: [],
  });
});

test('an answer that was cleared in one tab stays cleared', () => {
  const theirs: Answers = { kept: text('as it was') };
  expect(merge(base, base, theirs).answers).toEqual(theirs);
  expect(merge(base, theirs, base).answers).toEqual(theirs);
});

test('the same change in both tabs is no conflict', () => {
  const both = { ...base, a: text('same') };
  expect(merge(base, both, both)).toEqual({ answers: both, conflicts: [] });
});

test('different changes keep what stands here and offer the other', () => {
  const { answers, conflicts } = merge(base, { ...base, kept: text('mine') }, { ...base, kept: text('theirs') });
  expect(answers['kept']).toEqual(text('mine'));
  expect(conflicts).toEqual([{ item: 'kept', theirs: text('theirs') }]);
});

for (const [typed, understood] of [
  ['3,14', '3.14'],
  [' -2 ', '-2'],
  ['−2', '-2'],
  ['.5', '0.5'],
  ['-,5', '-0.5'],
  ['5.', '5'],
  ['+7', '7'],
  ['1 000', '1000'],
  ['', null],
  ['1,2,3', null],
  ['1e3', null],
  ['three', null],
] as const) {
  test(`a number field understands "${typed}" as ${understood ?? 'no number'}`, () => {
    expect(numberFrom(typed)).toBe(understood);
  });
}
