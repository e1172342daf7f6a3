import type { Answer, Answers, Item } from '../api/types';

export const same = (a: Answer | undefined, b: Answer | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

export function sameAnswers(a: Answers, b: Answers): boolean {
  const ids = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...ids].every((id) => same(a[id], b[id]));
}

export function isAnswered(answer: Answer | undefined): boolean {
  if (!answer) return false;
  if (answer.type === 'choice') return answer.choices.length > 0;
  if (answer.type === 'number') return answer.value !== '';
  return answer.text.trim() !== '';
}

export const unanswered = (items: Item[], answers: Answers): Item[] =>
  items.filter((item) => !isAnswered(answers[item.id]));

/** A plain copy: what is frozen or sent must not change with the page. */
export const copyOf = (answers: Answers): Answers => JSON.parse(JSON.stringify(answers)) as Answers;

/** "3,14" is how most of Europe writes it. `null` where it is no number at all. */
export function numberFrom(typed: string): string | null {
  const plain = typed.trim().replace(/\s/g, '').replace(',', '.').replace('−', '-');
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain)
    ? plain
        .replace(/^\+/, '')
        .replace(/^(-?)\./, '$10.')
        .replace(/\.$/, '')
    : null;
}
