import * as ask from '../api/requests';
import type { Block, Outline, OutlineNode } from '../api/types';
import { nodeOf } from '../outline/tree';
import { pathTo } from '../routing/place.svelte';
import { session } from '../sign-in/session.svelte';
import { addressesOf, assetsOf } from './assets';
import type { Surroundings } from './clean';
import type { RenewAsset } from './openAsset';

/** What stands on a learning object's page, with everything it points at. */
export interface Content {
  blocks: Block[];
  around: Surroundings;
  renewAsset: RenewAsset;
}

/** Gated parts are read through the enrolment, which checks; the rest is the same bytes for everybody. */
export async function contentOf(enrolment: string, outline: Outline, node: OutlineNode): Promise<Content> {
  const { release } = outline;
  const file = !node.has_blocks
    ? { blocks: [] }
    : node.gated
      ? await ask.gatedNode(enrolment, node.id)
      : await ask.openNode(session.me?.tenant.id ?? '', release, node.id);
  return {
    blocks: file.blocks,
    around: {
      // A lesson without its pictures is still worth reading.
      assets: await addressesOf(release, assetsOf(file.blocks)).catch(() => ({})),
      pathToNode: (id) => {
        const target = nodeOf(outline, id);
        return target ? pathTo.node(enrolment, target) : null;
      },
      headings: [],
    },
    renewAsset: (asset) =>
      addressesOf(release, [asset]).then(
        (urls) => urls[asset] ?? null,
        () => null,
      ),
  };
}
