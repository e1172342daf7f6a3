import * as ask from '../api/requests';
import type { Asset, Block, Outline, OutlineNode } from '../api/types';
import { nodeOf } from '../outline/tree';
import { pathTo } from '../routing/place.svelte';
import { session } from '../sign-in/session.svelte';
import { addressesOf, assetsOf, renewing } from './assets';
import type { Surroundings } from './clean';

/** What stands on a learning object's page, with everything it points at. */
export interface Content {
  blocks: Block[];
  around: Surroundings;
  /** What its files are called, and how large they are. */
  files: Record<string, Asset>;
}

/** Gated parts are read through the enrolment, which checks; the rest is the same bytes for everybody. */
export async function contentOf(enrolment: string, outline: Outline, node: OutlineNode): Promise<Content> {
  const { release } = outline;
  const file = !node.has_blocks
    ? { blocks: [], assets: {} }
    : node.gated
      ? await ask.gatedNode(enrolment, node.id)
      : await ask.openNode(session.me?.tenant.id ?? '', release, node.id);
  return {
    blocks: file.blocks,
    around: {
      // A lesson without its pictures is still worth reading.
      assets: await addressesOf(enrolment, node.id, assetsOf(file.blocks)).catch(() => ({})),
      pathToNode: (id) => {
        const target = nodeOf(outline, id);
        return target ? pathTo.node(enrolment, target) : null;
      },
      renewAsset: renewing(enrolment, node.id),
      headings: [],
    },
    files: file.assets ?? {},
  };
}
