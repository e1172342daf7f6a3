import * as ask from '../api/requests';
import type { Block } from '../api/types';
import { assetsIn } from './references';

/** More ids than this in one address would be refused on the way. */
const ids_max = 50;

export function assetsOf(blocks: Block[]): string[] {
  const ids = blocks.flatMap((block) => {
    if (block.type === 'html') return assetsIn(block.html);
    if (block.type === 'image' || block.type === 'video' || block.type === 'file') return [block.asset];
    return [];
  });
  return [...new Set(ids)];
}

export async function addressesOf(release: string, ids: string[]): Promise<Record<string, string>> {
  const parts: string[][] = [];
  for (let from = 0; from < ids.length; from += ids_max) parts.push(ids.slice(from, from + ids_max));
  const answers = await Promise.all(parts.map((part) => ask.assetUrls(release, part)));
  return Object.assign({}, ...answers) as Record<string, string>;
}
