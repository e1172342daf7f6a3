/** Finds a newer address for an asset; the old one may have run out while the page was read. */
export type RenewAsset = (asset: string) => Promise<string | null>;

/** Opens an upload beside the app, never in its place: it is somebody else's file, from another origin. */
export async function openAsset(event: MouseEvent, asset: string, renew: RenewAsset): Promise<void> {
  event.preventDefault();
  const url = await renew(asset);
  if (url) open(url, '_blank', 'noopener,noreferrer');
}
