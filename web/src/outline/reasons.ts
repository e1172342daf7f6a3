import type { Explained, Outline } from '../api/types';
import { nodeOf } from './tree';

/** One thing that is still to do before a rule is met, and where to do it. */
export interface Reason {
  words: string;
  /** How far it is, where that can be counted. */
  soFar: string | null;
  node: string | null;
  waiting: boolean;
}

/** A share comes as "0.6", points as "150/500". Rounded down: 59.9 % is not 60 %. */
function percent(share: string): string {
  const [part = 0, whole = 1] = share.split('/').map(Number);
  return `${Math.floor((part / whole) * 100 + 1e-9)} %`;
}

function soFar(rule: Explained): string | null {
  if (!rule.current) return null;
  if (rule.type === 'assessment_score') return `so far ${percent(rule.current)}`;
  return rule.needed ? `so far ${rule.current} of ${rule.needed}` : null;
}

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
      soFar: rule.verdict === 'pending' ? null : soFar(rule),
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
      if (!rule.needed || Number(rule.needed) === 0) return `Hand in ${what}`;
      return `Reach ${percent(rule.needed)} in ${what}`;
    }
    case 'children_completed':
      return `Complete the parts${own ? '' : ` of ${title}`}`;
    default:
      return own ? 'A condition set by your course' : `A condition in ${title}`;
  }
}
