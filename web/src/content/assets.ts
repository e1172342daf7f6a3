import * as ask from '../api/requests';
import type { Block } from '../api/types';
import { assetsIn } from './references';

/** Finds a newer address of an asset; `null` where none can be had just now. */
export type RenewAsset = (asset: string) => Promise<string | null>;

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

/** The files of a page run out together, and are asked for together. */
const gather_ms = 50;

/** Addresses are short-lived: whoever opens a file, or goes on with one, asks for another. */
export function renewing(enrolment: string, node: string): RenewAsset {
  const gathered = new Set<string>();
  let answer: Promise<Record<string, string>> | null = null;

  async function askForAll() {
    await new Promise((resolve) => setTimeout(resolve, gather_ms));
    const ids = [...gathered];
    gathered.clear();
    answer = null;
    return addressesOf(enrolment, node, ids);
  }

  return (asset) => {
    gathered.add(asset);
    answer ??= askForAll();
    return answer.then(
      (urls) => urls[asset] ?? null,
      () => null,
    );
  };
}
