import { untrack } from 'svelte';

/** Single keys do things only outside text fields, and only while the person wants them (WCAG 2.1.4). */
export interface Shortcut {
  keys: string;
  words: string;
  run: () => void;
}

const key = 'stoa.shortcuts';

class Shortcuts {
  list = $state.raw<Shortcut[]>([]);
  wanted = $state(localStorage.getItem(key) !== 'off');
  helpOpen = $state(false);

  want(wanted: boolean) {
    this.wanted = wanted;
    if (wanted) localStorage.removeItem(key);
    else localStorage.setItem(key, 'off');
  }

  /** For `$effect`: adds the shortcuts of a page and answers how to take them away. */
  offer(offered: Shortcut[]): () => void {
    // The effect that offers must not run again because the list it adds to has changed.
    untrack(() => (this.list = [...this.list, ...offered]));
    return () => (this.list = this.list.filter((each) => !offered.includes(each)));
  }
}

export const shortcuts = new Shortcuts();

const sequence_ms = 1_000;
let pressed: { key: string; at: number } | null = null;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function listenForShortcuts(): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === '?') {
      event.preventDefault();
      shortcuts.helpOpen = !shortcuts.helpOpen;
      return;
    }
    if (!shortcuts.wanted || shortcuts.helpOpen) return;
    const before = pressed && Date.now() - pressed.at < sequence_ms ? `${pressed.key} ` : '';
    const found =
      shortcuts.list.findLast((each) => each.keys === before + event.key) ??
      shortcuts.list.findLast((each) => each.keys === event.key);
    pressed = { key: event.key, at: Date.now() };
    if (!found) return;
    event.preventDefault();
    found.run();
  };
  addEventListener('keydown', listen);
  return () => removeEventListener('keydown', listen);
}
