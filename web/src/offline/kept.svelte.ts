import { owner } from '../sign-in/tokens';

/**
 * What the server has not confirmed yet, kept on this device. localStorage is written at once and survives a closed tab,
 * a crash and a flat battery; what stands here is small text, never a file. It is kept by person: on a browser that
 * several share, each is shown, sends and deletes only their own, and the rest waits for whom it belongs to.
 */
const prefix = () => `stoa.kept.${owner()}.`;

export interface KeptWork {
  kind: 'draft' | 'submission' | 'facts';
  /** Shown to the person, so it says what it is. */
  title: string;
  path: string;
}

export function keep(name: string, value: unknown): boolean {
  // Whoever has signed out wants nothing left here.
  if (!owner()) return false;
  try {
    localStorage.setItem(prefix() + name, JSON.stringify(value));
    return true;
  } catch {
    // Full or forbidden: the caller must not claim that it is kept.
    return false;
  }
}

export function kept<T>(name: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(prefix() + name) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

export const drop = (name: string) => localStorage.removeItem(prefix() + name);

const names = () => namesWith('');

export const namesWith = (start: string): string[] =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith(prefix() + start))
    .map((key) => key.slice(prefix().length));

/** This person's answers that would be lost with this device. Facts are left out: visiting again makes them again. */
export function keptWork(): KeptWork[] {
  const works = names().map((name) => kept<Partial<KeptWork>>(name));
  const unsent = works.filter((work): work is KeptWork => work?.kind === 'draft' || work?.kind === 'submission');
  // Several tabs may keep for the same attempt; to the person it is one thing.
  return [...new Map(unsent.map((work) => [work.path, work])).values()];
}

export function forgetEverythingKept(): void {
  for (const name of names()) drop(name);
}
