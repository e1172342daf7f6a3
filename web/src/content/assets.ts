import * as ask from '../api/requests';
import type { Block } from '../api/types';
import type { RenewAsset } from './openAsset';
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

/** Addresses of files that a learning object shows. */
export async function addressesOf(enrolment: string, node: string, ids: string[]): Promise<Record<string, string>> {
  const parts: string[][] = [];
  for (let from = 0; from < ids.length; from += ids_max) parts.push(ids.slice(from, from + ids_max));
  const answers = await Promise.all(parts.map((part) => ask.assetUrls(enrolment, node, part)));
  return Object.assign({}, ...answers) as Record<string, string>;
}

/** Addresses are short-lived: whoever opens a file, or goes on with one, asks for another. */
export const renewing =
  (enrolment: string, node: string): RenewAsset =>
  (asset) =>
    addressesOf(enrolment, node, [asset]).then(
      (urls) => urls[asset] ?? null,
      () => null,
    );
