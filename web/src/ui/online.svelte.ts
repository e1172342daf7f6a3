/** The browser's own guess. It may be wrong in both directions, so it only ever prompts another try. */
export const online = $state({ now: navigator.onLine });

addEventListener('online', () => (online.now = true));
addEventListener('offline', () => (online.now = false));

export function onceBack(run: () => void): () => void {
  addEventListener('online', run);
  return () => removeEventListener('online', run);
}
