import { serverNow } from '../time/clock';
import { announce } from '../ui/announce.svelte';
import { onceBack } from '../ui/online.svelte';
import type { Surroundings } from './clean';

/** Finds a newer address of an asset. What is made of the asset later begins with it. */
export async function newest(around: Surroundings, asset: string): Promise<string | null> {
  const url = await around.renewAsset(asset);
  if (url) around.assets[asset] = url;
  return url;
}

/** How long a picture rests after it has asked; twice as long after each time that did not help. */
const rest_ms = 20_000;

/** Finds newer addresses for a picture that has no file: at once, when the connection is back, and now and then. */
export function keepPicture(image: HTMLImageElement, asset: string, around: Surroundings): () => void {
  const end = new AbortController();
  const { signal } = end;
  let isMissing = false;
  let rest = rest_ms;
  let rests_until = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function miss() {
    isMissing = true;
    clearTimeout(timer);
    timer = setTimeout(() => void renew(), Math.max(0, rests_until - performance.now()));
  }

  async function renew() {
    clearTimeout(timer);
    rests_until = performance.now() + rest;
    rest *= 2;
    const url = await newest(around, asset);
    if (signal.aborted) return;
    if (url) image.src = url;
    else miss();
  }

  function show() {
    isMissing = false;
    clearTimeout(timer);
  }

  image.addEventListener('error', miss, { signal });
  image.addEventListener('load', show, { signal });
  const back = onceBack(() => {
    if (!isMissing) return;
    rest = rest_ms;
    void renew();
  });
  // Without an address it is as complete as it can be, and no event says so.
  if (image.complete && image.naturalWidth === 0) miss();
  return () => {
    end.abort();
    back();
    clearTimeout(timer);
  };
}

/** An address that is about to run out is as good as none. */
const margin_ms = 5_000;

const isFresh = (address: string) =>
  Number(new URL(address).searchParams.get('Expires')) * 1_000 > serverNow() + margin_ms;

/** All that comes before a link is followed, in whichever way: a pointer above it, a hand on it, a menu, a key. */
const approaches = ['pointerenter', 'pointerdown', 'contextmenu', 'focus', 'keydown'];

/**
 * Gives a link to a file a newer address before it is followed, so that the browser does the rest. Where it is followed
 * sooner, the file is opened from here: beside the app, never in its place, as it comes from another origin.
 */
export function keepLink(link: HTMLAnchorElement, asset: string, around: Surroundings): () => void {
  const end = new AbortController();
  const { signal } = end;
  let asked: Promise<string | null> | null = null;
  // It stands in an author's text as well, where no style sheet knows it.
  const words = document.createElement('span');
  words.className = 'small';
  words.style.color = 'var(--stop)';

  function renew() {
    asked ??= newest(around, asset).finally(() => (asked = null));
    return asked.then((url) => {
      if (url) link.href = url;
      return url;
    });
  }

  function say(sentence: string) {
    if (signal.aborted) return;
    words.textContent = ` ${sentence}`;
    link.after(words);
    announce(sentence);
  }

  async function follow(event: MouseEvent) {
    // The right button has its own menu.
    if (event.button > 1) return;
    words.remove();
    if (isFresh(link.href)) return;
    event.preventDefault();
    // A tab that opened only after the answer would be taken for one that nobody asked for.
    const tab = open('', '_blank');
    if (tab) tab.opener = null;
    const url = await renew();
    if (!url) {
      tab?.close();
      say('This file cannot be opened just now. Try again in a moment.');
    } else if (tab) tab.location.replace(url);
    else say('The browser opened no tab. Press the link once more.');
  }

  for (const approach of approaches) {
    link.addEventListener(approach, () => void (isFresh(link.href) || renew()), { signal });
  }
  for (const press of ['click', 'auxclick'] as const) {
    link.addEventListener(press, (event) => void follow(event), { signal });
  }
  return () => {
    end.abort();
    words.remove();
  };
}
