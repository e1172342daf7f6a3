import type { Outline, OutlineNode, Row } from '../api/types';

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

export const stateWords = (letter: string | undefined): StateWords => known[letter ?? '-'] ?? (known['-'] as StateWords);

/** The columns of the matrix: what can be done, in the order of the outline, each with its place in `states`. */
export function columnsOf(outline: Outline): { node: OutlineNode; index: number }[] {
  const parents = new Set(outline.nodes.map((node) => node.parent));
  return outline.nodes.map((node, index) => ({ node, index })).filter(({ node }) => !parents.has(node.id));
}

export function summary(row: Row, columns: { index: number }[]): string {
  const counts = new Map<string, number>();
  for (const { index } of columns) {
    const { words } = stateWords(row.states[index]);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, count]) => `${count} ${words}`).join(', ');
}
