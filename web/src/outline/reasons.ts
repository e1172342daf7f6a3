import type { Explained, Outline } from '../api/types';
import { momentWords } from '../time/words';
import { nodeOf } from './tree';

/** One thing that is still to do before a rule is met, and where to do it. */
export interface Reason {
  words: string;
  /** How far it is, where that can be counted. */
  soFar: string | null;
  node: string | null;
  waiting: boolean;
  /** Nobody does it: it comes by itself, and this is when. */
  date: string | null;
  /** What it is made of, where it is a choice. */
  parts: Reason[];
}

/** A share comes as "0.6", points as "150/500". Rounded down: 59.9 % is not 60 %. */
function percent(share: string): string {
  const [part = 0, whole = 1] = share.split('/').map(Number);
  return `${Math.floor((part / whole) * 100 + 1e-9)} %`;
}

/** Whole minutes where the rule counts in minutes; 2 min 50 s are not 3 minutes. */
function timeWords(current: string, needed: string): string {
  const unit = Number(needed) % 60 === 0 ? 60 : 1;
  const enough = Number(needed) / unit;
  const read = Math.min(Math.floor(Number(current) / unit), enough);
  return `${read} of ${enough} ${unit === 60 ? 'minute' : 'second'}${enough === 1 ? '' : 's'} read`;
}

function lengthWords(seconds: string): string {
  const minutes = Number(seconds) / 60;
  const [count, unit] = Number.isInteger(minutes) ? [minutes, 'minute'] : [Number(seconds), 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function soFar(rule: Explained): string | null {
  if (!rule.current) return null;
  switch (rule.type) {
    case 'assessment_score':
      return `so far ${percent(rule.current)}`;
    case 'time_spent':
      return rule.needed ? timeWords(rule.current, rule.needed) : null;
    case 'scrolled_to':
    case 'video_watched_percent':
      return `so far ${rule.current} %`;
    default:
      return rule.needed ? `so far ${rule.current} of ${rule.needed}` : null;
  }
}

/**
 * The shortest honest answer to "why not yet?": every unmet leaf of the rule, in the author's words where there are any.
 * `owner` is the node that carries the rule; a condition that names no node means that one.
 */
export function reasons(rule: Explained | null, outline: Outline, owner: string): Reason[] {
  if (!rule || rule.verdict === 'met') return [];
  const unmet = (rule.conditions ?? []).flatMap((each) => reasons(each, outline, owner));
  if (rule.type === 'all_of') return unmet;
  const node = rule.node ?? owner;
  const isChoice = rule.type === 'any_of' || rule.type === 'n_of';
  // One way of one is no choice.
  if (isChoice && !rule.label && unmet.length === 1 && rule.conditions?.length === 1) return unmet;
  return [
    {
      words: rule.label || ruleWords(rule, outline, node, owner),
      soFar: rule.verdict === 'pending' ? null : soFar(rule),
      node: rule.conditions?.length ? null : node,
      waiting: rule.verdict === 'pending',
      date: rule.type === 'after_date' && rule.needed ? momentWords(rule.needed) : null,
      parts: isChoice && !rule.label && rule.verdict !== 'impossible' ? unmet : [],
    },
  ];
}

/** A reason in one line: "Read it for 5 minutes (3 of 5 minutes read)", "one of these: …; …". */
export function inOneLine(reason: Reason): string {
  const words = reason.soFar ? `${reason.words} (${reason.soFar})` : reason.words;
  return reason.parts.length > 0 ? `${words}: ${reason.parts.map(inOneLine).join(', or ')}` : words;
}

/** How far reading and watching is that has begun and is not enough yet, in a few words each. */
export function readingOf(rule: Explained, outline: Outline, owner: string): string[] {
  if (rule.verdict === 'met' || rule.type === 'none_of') return [];
  const inside = (rule.conditions ?? []).flatMap((each) => readingOf(each, outline, owner));
  const { current, needed } = rule;
  if (!current || !needed || current === '0' || (rule.node ?? owner) !== owner) return inside;
  if (rule.type === 'time_spent') return [timeWords(current, needed)];
  if (rule.type === 'scrolled_to') return [`Read to ${needed === '100' ? 'the end' : `${needed} %`}: ${current} %`];
  if (rule.type === 'video_watched_percent') return [`Watched ${current} % of ${needed} %`];
  return inside;
}

const titleOf = (outline: Outline, id: string) => {
  const title = nodeOf(outline, id)?.title;
  return title ? `“${title}”` : 'another part';
};

function ruleWords(rule: Explained, outline: Outline, node: string, owner: string): string {
  const all = rule.conditions ?? [];
  const own = node === owner;
  switch (rule.type) {
    case 'none_of':
      return ruledOutWords(all, outline, owner);
    case 'any_of':
    case 'n_of':
      if (rule.verdict === 'impossible') return 'This cannot be completed any more';
      return rule.type === 'any_of' ? 'One of these' : `${rule.needed} of these ${all.length}`;
    default:
      return leafWords(rule, titleOf(outline, node), own);
  }
}

/** A door that has closed, or never opens again: what was not to happen has happened. */
function ruledOutWords(all: Explained[], outline: Outline, owner: string): string {
  if (all.some((each) => each.verdict === 'pending')) return 'This depends on a grade that is not there yet';
  const ended = all.find((each) => each.type === 'after_date' && each.verdict === 'met');
  if (ended?.needed) return `This was open until ${momentWords(ended.needed)}`;
  const happened = all.filter((each) => each.verdict === 'met' && each.node && each.node !== owner);
  const titles = [...new Set(happened.map((each) => titleOf(outline, each.node ?? owner)))];
  return titles.length > 0 ? `What you did in ${titles.join(' and ')} rules this out` : 'A condition rules this out';
}

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
    case 'time_spent':
      return `Read ${own ? 'it' : title} for ${lengthWords(rule.needed ?? '60')}`;
    case 'scrolled_to':
      return rule.needed === '100' ? `Read ${own ? 'it' : title} to the end` : `Read ${rule.needed} % of ${own ? 'it' : title}`;
    case 'video_watched_percent':
      return `Watch ${rule.needed} % of the video${own ? '' : ` in ${title}`}`;
    case 'after_date':
      return rule.needed ? `Wait until ${momentWords(rule.needed)}` : 'Wait some days after you were enrolled';
    default:
      return own ? 'A condition set by your course' : `A condition in ${title}`;
  }
}
