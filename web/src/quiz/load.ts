import * as ask from '../api/requests';
import type { AttemptView, Item, OutlineNode } from '../api/types';
import { Problem } from '../api/problem';
import { addressesOf } from '../content/assets';
import type { Surroundings } from '../content/clean';
import { assetsIn } from '../content/references';
import { outlineOf, myEnrolments } from '../outline/course';
import { nodeOf } from '../outline/tree';
import { pathTo } from '../routing/place.svelte';

export interface Quiz {
  at: ask.AttemptPath;
  node: OutlineNode;
  language: string;
  courseTitle: string;
  view: AttemptView;
  around: Surroundings;
}

const textsOf = (items: Item[]) => items.flatMap((item) => [item.prompt_html, ...item.choices.map((choice) => choice.html)]);

export async function loadQuiz(at: ask.AttemptPath): Promise<Quiz> {
  const asked = ask.attempt(at);
  asked.catch(() => undefined);
  const enrolment = (await myEnrolments(false)).find((each) => each.enrolment === at.enrolment);
  if (!enrolment) throw new Problem({ type: 'not-found', title: 'No such course', status: 404 });
  const outline = await outlineOf(enrolment.release);
  const node = nodeOf(outline, at.assessment);
  if (!node) throw new Problem({ type: 'not-found', title: 'No such quiz', status: 404 });
  const view = await asked;
  const assets = [...new Set(textsOf(view.items).flatMap(assetsIn))];
  return {
    at,
    node,
    view,
    language: outline.language,
    courseTitle: outline.title,
    around: {
      assets: await addressesOf(enrolment.release, assets).catch(() => ({})),
      pathToNode: (id) => {
        const target = nodeOf(outline, id);
        return target ? pathTo.node(at.enrolment, target) : null;
      },
      // Question texts stand under the question's own heading.
      headings: [2, 3],
    },
  };
}

export const attemptPath = (enrolment: string, assessment: string, attempt: string): ask.AttemptPath => ({
  enrolment,
  assessment,
  attempt: Number(attempt),
});
