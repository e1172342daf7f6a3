import type { Answer, Answers, Item } from '../api/types';

/** Whether two answers say the same: choices have no order. */
export const same = (a: Answer | undefined, b: Answer | undefined): boolean => formOf(a) === formOf(b);

const formOf = (answer: Answer | undefined): string | undefined =>
  JSON.stringify(answer?.type === 'choice' ? { ...answer, choices: answer.choices.toSorted() } : answer);

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

const textOf = (html: string): string => new DOMParser().parseFromString(html, 'text/html').body.textContent?.trim() ?? '';

function inWords(item: Item, answer: Answer | undefined): string {
  if (!answer || !isAnswered(answer)) return '(no answer)';
  if (answer.type === 'text') return answer.text;
  if (answer.type === 'number') return answer.value;
  return item.choices.filter(({ id }) => answer.choices.includes(id)).map(({ html }) => `- ${textOf(html)}`).join('\n');
}

/** Questions and answers as plain text, to be read by a person. */
export const answersAsText = (title: string, items: Item[], answers: Answers): string =>
  [title, ...items.map((item, at) => `${at + 1}. ${textOf(item.prompt_html)}\n\n${inWords(item, answers[item.id])}`)].join('\n\n') +
  '\n\n';
