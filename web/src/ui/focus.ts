import { tick } from 'svelte';

/** What was pressed may be gone: then the keyboard goes on at what stands in its place. */
export async function goOnAt(next: () => HTMLElement | null | undefined): Promise<void> {
  await tick();
  const { activeElement } = document;
  if (!activeElement || activeElement === document.body) next()?.focus({ preventScroll: true });
}
