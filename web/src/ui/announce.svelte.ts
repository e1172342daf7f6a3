/** One polite voice for the whole app. Two live regions speaking at once is noise. */
export const said = $state({ text: '' });

export function announce(text: string): void {
  // The same words twice are read only once, unless the region was empty in between.
  said.text = '';
  queueMicrotask(() => (said.text = text));
}

export function titlePage(title: string): void {
  const full = `${title} · Stoa`;
  if (document.title === full) return;
  document.title = full;
  announce(title);
}
