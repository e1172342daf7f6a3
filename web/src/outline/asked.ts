import type { Explained, Outline, Progress, Rule } from '../api/types';
import { above } from './tree';

/** What the rules of a course still ask of reading one learning object. */
export interface Asked {
  time: boolean;
  scrolled: boolean;
  watched: boolean;
}

/** Every rule in a rule that is not met yet, itself included. The explanation has the same form as the rule. */
function* openIn(rule: Rule, explained: Explained | null | undefined): Generator<Rule> {
  if (explained?.verdict === 'met') return;
  yield rule;
  if (!('conditions' in rule)) return;
  for (const [at, each] of rule.conditions.entries()) yield* openIn(each, explained?.conditions?.[at]);
}

/** Nothing else is watched: what no rule asks for is not kept, and what is enough needs no more. */
export function askedOf(outline: Outline, progress: Progress, id: string): Asked {
  const asked = { time: false, scrolled: false, watched: false };
  const around = new Set(above(outline, id).map((node) => node.id));
  for (const owner of outline.nodes) {
    const state = progress.nodes[owner.id];
    const open = [
      ...openIn(owner.completion, state?.completion),
      ...(owner.access ? openIn(owner.access, state?.access) : []),
    ];
    for (const rule of open) {
      const about = ('node' in rule && rule.node) || owner.id;
      if (rule.type === 'time_spent') asked.time ||= about === id || (rule.scope === 'descendants' && around.has(about));
      if (rule.type === 'scrolled_to') asked.scrolled ||= about === id;
      if (rule.type === 'video_watched_percent') asked.watched ||= about === id;
    }
  }
  return asked;
}

export const asksAnything = (asked: Asked) => asked.time || asked.scrolled || asked.watched;
