import type { Outline, OutlineNode } from '../api/types';

export interface StateWords {
  words: string;
  glyph: 'standing' | 'base' | 'half' | 'broken' | 'none';
}

const known: Record<string, StateWords> = {
  m: { words: 'done', glyph: 'standing' },
  u: { words: 'to do', glyph: 'base' },
  p: { words: 'waiting', glyph: 'half' },
  x: { words: 'no longer possible', glyph: 'broken' },
  '-': { words: 'not tracked', glyph: 'none' },
};
export const legend = [known['m'], known['p'], known['u'], known['x']] as StateWords[];

export const stateWords = (letter: string | undefined): StateWords =>
  known[letter ?? '-'] ?? (known['-'] as StateWords);

/** Where each node's letter stands. */
export const placesOf = (outline: Outline): Map<string, number> =>
  new Map(outline.nodes.map((node, place) => [node.id, place]));

/** The columns of the matrix: what can be done, in the order of the outline. */
export function columnsOf(outline: Outline): OutlineNode[] {
  const parents = new Set(outline.nodes.map((node) => node.parent));
  return outline.nodes.filter((node) => !parents.has(node.id));
}

export function summary(states: StateWords[]): string {
  const counts = new Map<string, number>();
  for (const { words } of states) counts.set(words, (counts.get(words) ?? 0) + 1);
  return [...counts].map(([words, count]) => `${count} ${words}`).join(', ');
}
