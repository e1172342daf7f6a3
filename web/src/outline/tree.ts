import type { Outline, OutlineNode } from '../api/types';

export interface Branch {
  node: OutlineNode;
  children: Branch[];
}

/** Nodes come parents first, so that one walk builds a tree of any depth without recursion. */
export function treeOf(outline: Outline): Branch[] {
  const roots: Branch[] = [];
  const placed = new Map<string, Branch>();
  for (const node of outline.nodes) {
    const branch: Branch = { node, children: [] };
    placed.set(node.id, branch);
    const parent = placed.get(node.parent ?? '');
    (parent?.children ?? roots).push(branch);
  }
  return roots;
}

export const nodeOf = (outline: Outline, id: string | null | undefined): OutlineNode | undefined =>
  outline.nodes.find((node) => node.id === id);

/** From the root down to, not including, the node itself. */
export function above(outline: Outline, id: string): OutlineNode[] {
  const byId = new Map(outline.nodes.map((node) => [node.id, node]));
  const path: OutlineNode[] = [];
  for (let at = byId.get(byId.get(id)?.parent ?? ''); at; at = byId.get(at.parent ?? '')) path.unshift(at);
  return path;
}

/** What a learner goes through, in order: a section counts only where it has something to read. */
export const steps = (outline: Outline): OutlineNode[] =>
  outline.nodes.filter((node) => node.kind !== 'section' || node.has_blocks);

export function neighbours(outline: Outline, id: string): { before: OutlineNode | null; after: OutlineNode | null } {
  const all = steps(outline);
  const at = all.findIndex((node) => node.id === id);
  return { before: (at > 0 && all[at - 1]) || null, after: (at >= 0 && all[at + 1]) || null };
}
