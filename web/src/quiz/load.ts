import { Problem, Unreachable } from '../api/problem';
import * as ask from '../api/requests';
import type { AttemptView, Item, OutlineNode } from '../api/types';
import { addressesOf, renewing } from '../content/assets';
import type { Surroundings } from '../content/clean';
import { assetsIn } from '../content/references';
import { enrolmentOf, outlineOf } from '../outline/course';
import { nodeOf } from '../outline/tree';
import { recall, remember, type Snapshot } from './snapshot';

export interface Quiz {
  at: ask.AttemptPath;
  node: OutlineNode;
  language: string;
  view: AttemptView;
  around: Surroundings;
}

export const attemptPath = (enrolment: string, assessment: string, attempt: string): ask.AttemptPath => ({
  enrolment,
  assessment,
  attempt: Number(attempt),
});

export async function loadQuiz(at: ask.AttemptPath): Promise<Quiz> {
  try {
    const snapshot = await fetchQuiz(at);
    if (snapshot.view.state === 'open') remember(at, snapshot);
    return quizOf(at, snapshot);
  } catch (error) {
    const snapshot = error instanceof Unreachable ? recall(at) : null;
    if (!snapshot) throw error;
    return quizOf(at, snapshot);
  }
}

const quizOf = (at: ask.AttemptPath, { node, language, view, assets }: Snapshot): Quiz => ({
  at,
  node,
  language,
  view,
  around: {
    assets,
    renewAsset: renewing(at.enrolment, at.assessment),
    // A link out of a quiz would be a way to lose one's place.
    pathToNode: () => null,
    // Question texts stand under the question's own heading.
    headings: [2, 3],
  },
});

const textsOf = (items: Item[]) =>
  items.flatMap((item) => [item.prompt_html, ...item.choices.map((choice) => choice.html)]);

async function fetchQuiz(at: ask.AttemptPath): Promise<Snapshot> {
  const asked = ask.attempt(at);
  // Asked for at the same time; a failure is looked at below.
  asked.catch(() => undefined);
  const enrolment = await enrolmentOf(at.enrolment);
  const outline = await outlineOf(enrolment.release);
  const node = nodeOf(outline, at.assessment);
  if (!node) throw new Problem({ type: 'not-found', title: 'No such quiz', status: 404 });
  const view = await asked;
  const ids = [...new Set(textsOf(view.items).flatMap(assetsIn))];
  const assets = await addressesOf(at.enrolment, at.assessment, ids).catch(() => ({}));
  return { node, language: outline.language, view, assets };
}
