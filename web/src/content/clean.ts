import { allowedTags, goneWhole } from './allowed';
import type { RenewAsset } from './assets';
import { referenceOf } from './references';

/** What a piece of text may look up while it is made safe. */
export interface Surroundings {
  /** Addresses of the assets, on the content origin, as far as they could be had. */
  assets: Record<string, string>;
  renewAsset: RenewAsset;
  pathToNode: (node: string) => string | null;
  /** The levels of the headings that stand above what comes next; carried from block to block. */
  headings: number[];
}

/**
 * Turns untrusted markup into elements made here, one by one. The parsed document is inert (no script runs, nothing is
 * fetched), and nothing of it enters the page: only new elements with allowed attributes do.
 */
export function clean(html: string, around: Surroundings): DocumentFragment {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  const fragment = document.createDocumentFragment();
  copyChildren(parsed.body, fragment, around);
  return fragment;
}

function copyChildren(from: Node, to: Node, around: Surroundings): void {
  for (const child of from.childNodes) {
    if (child instanceof Text) to.appendChild(document.createTextNode(child.data));
    else if (child instanceof Element) copyElement(child, to, around);
  }
}

function copyElement(from: Element, to: Node, around: Surroundings): void {
  const tag = from.localName;
  if (goneWhole.has(tag)) return;
  const attributes = allowedTags.get(tag);
  if (!attributes) return copyChildren(from, to, around);

  const made = document.createElement(isHeading(tag) ? headingAt(Number(tag[1]), around) : tag);
  for (const name of attributes) {
    const value = from.getAttribute(name);
    if (value !== null && name !== 'href' && name !== 'src') made.setAttribute(name, value);
  }
  if (made instanceof HTMLAnchorElement) pointLink(made, from, around);
  if (made instanceof HTMLImageElement && !showImage(made, from, around)) return;
  copyChildren(from, made, around);
  to.appendChild(tag === 'table' || tag === 'pre' ? scrolling(made, tag) : made);
}

const isHeading = (tag: string) => /^h[1-6]$/.test(tag);

/** The page's title is level 1, and no level is skipped, whatever level an author's tool wrote. */
function headingAt(level: number, around: Surroundings): string {
  const above = around.headings;
  while (above.length > 0 && (above.at(-1) as number) >= level) above.pop();
  above.push(level);
  return `h${Math.min(above.length + 1, 6)}`;
}

function pointLink(link: HTMLAnchorElement, from: Element, around: Surroundings): void {
  const reference = referenceOf(from.getAttribute('href'));
  if (reference?.to === 'web') {
    link.href = reference.url;
    // Another site gets no handle on this window and does not learn which lesson sent the reader.
    link.rel = 'noopener noreferrer';
    link.target = '_blank';
  } else if (reference?.to === 'node') {
    const path = around.pathToNode(reference.id);
    if (path) link.href = path;
  } else if (reference?.to === 'asset') {
    // Without an address it is a link still: it asks for one.
    link.href = around.assets[reference.id] ?? '#';
    link.dataset['asset'] = reference.id;
    link.rel = 'noopener noreferrer';
    link.target = '_blank';
  }
}

function showImage(image: HTMLImageElement, from: Element, around: Surroundings): boolean {
  const reference = referenceOf(from.getAttribute('src'));
  if (reference?.to !== 'asset') return false;
  // Without an address its words stand here until it has one.
  const url = around.assets[reference.id];
  if (url) image.src = url;
  image.dataset['asset'] = reference.id;
  image.decoding = 'async';
  if (!image.hasAttribute('alt')) image.alt = '';
  return true;
}

/** Wide things scroll in their own box, which the keyboard can reach, so that the page never scrolls sideways. */
function scrolling(inner: HTMLElement, tag: string): HTMLElement {
  const box = document.createElement('div');
  box.className = 'scrolls';
  box.tabIndex = 0;
  box.setAttribute('role', 'region');
  const caption = inner.querySelector('caption')?.textContent?.trim();
  box.setAttribute('aria-label', caption || (tag === 'table' ? 'Table' : 'Preformatted text'));
  box.appendChild(inner);
  return box;
}
