import type { Accent } from '../api/types';

/**
 * What follows from an organisation's colour, by token. The server takes only colours that can be read on every ground here;
 * what is derived stays on the readable side of it.
 */
const derived: Record<string, (accent: Accent) => string> = {
  '--accent': ({ light, dark }) => `light-dark(${light}, ${dark})`,
  '--accent-strong': ({ light, dark }) =>
    `light-dark(color-mix(in oklab, ${light} 78%, black), color-mix(in oklab, ${dark} 75%, white))`,
  '--accent-wash': ({ light, dark }) =>
    `light-dark(color-mix(in oklab, ${light} 9%, #ffffff), color-mix(in oklab, ${dark} 14%, #18161b))`,
  '--on-accent': () => 'light-dark(#ffffff, #121014)',
};

export function applyAccent(accent: Accent | null | undefined, to: HTMLElement = document.documentElement): void {
  for (const [token, of] of Object.entries(derived)) {
    if (accent) to.style.setProperty(token, of(accent));
    else to.style.removeProperty(token);
  }
}

/** The grounds that words in the accent stand on, as in `styles/tokens.css`. */
const grounds = { light: ['#f6f6f4', '#ffffff', '#ecebe8'], dark: ['#18161b', '#211e26', '#121014'] };
export const contrastMin = 4.5;

const parts = (colour: string) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const hex = (parts: number[]) => `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = parts(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The lowest contrast with any ground of light or of dark pages. */
export function contrastOn(colour: string, scheme: 'light' | 'dark'): number {
  const own = luminance(colour);
  const of = (ground: number) => (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
  return Math.min(...grounds[scheme].map((ground) => of(luminance(ground))));
}

/** The nearest shade of a colour that can be read: darker on light pages, lighter on dark ones. */
export function readable(colour: string, scheme: 'light' | 'dark'): string {
  const towards = scheme === 'light' ? 0 : 255;
  for (let share = 0; share <= 100; share += 2) {
    const mixed = hex(parts(colour).map((part) => part + ((towards - part) * share) / 100));
    if (contrastOn(mixed, scheme) >= contrastMin) return mixed;
  }
  return scheme === 'light' ? '#000000' : '#ffffff';
}
