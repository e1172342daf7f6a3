import type { Explained, Outline } from '../api/types';
import { nodeOf } from './tree';

/** One thing that is still to do before a rule is met, and where to do it. */
export interface Reason {
  words: string;
  node: string | null;
  waiting: boolean;
}

const percent = (share: string | null | undefined) => {
  const value = Number(share);
  return share && Number.isFinite(value) ? `${Math.round(value * 100)} %` : 'the needed score';
};

/**
 * The shortest honest answer to "why not yet?": every unmet leaf of the rule, in the author's words where there are any.
 * `owner` is the node that carries the rule; a condition that names no node means that one.
 */
export function reasons(rule: Explained | null, outline: Outline, owner: string): Reason[] {
  if (!rule || rule.verdict === 'met') return [];
  if (rule.type === 'all_of') return (rule.conditions ?? []).flatMap((each) => reasons(each, outline, owner));
  const node = rule.node ?? owner;
  return [
    {
      words: rule.label || leafWords(rule, titleOf(outline, node), node === owner),
      node,
      waiting: rule.verdict === 'pending',
    },
  ];
}

const titleOf = (outline: Outline, id: string) => {
  const title = nodeOf(outline, id)?.title;
  return title ? `“${title}”` : 'another part';
};

function leafWords(rule: Explained, title: string, own: boolean): string {
  if (rule.verdict === 'impossible') return `${own ? 'This' : title} cannot be completed any more`;
  switch (rule.type) {
    case 'node_viewed':
      return own ? 'Open it' : `Open ${title}`;
    case 'marked_done':
      return own ? 'Mark it as done' : `Mark ${title} as done`;
    case 'node_completed':
      return `Complete ${title}`;
    case 'assessment_score': {
      const what = own ? 'this quiz' : title;
      if (rule.verdict === 'pending')
        return `${own ? 'Your answers are' : `${title} is`} waiting for a person to grade`;
      const so_far = rule.current ? `, so far ${percent(rule.current)}` : '';
      return `Reach ${percent(rule.needed)} in ${what}${so_far}`;
    }
    case 'children_completed':
      return rule.needed
        ? `Complete ${rule.needed} parts${own ? '' : ` of ${title}`}, so far ${rule.current ?? '0'}`
        : `Complete the parts${own ? '' : ` of ${title}`}`;
    default:
      return own ? 'A condition set by your course' : `A condition in ${title}`;
  }
}
