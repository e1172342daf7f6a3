/**
 * The server's clock decides, and a phone's may be minutes off. Every answer of the API carries a date;
 * the narrowest one we saw bounds the difference best.
 */
let offset_ms = 0;
let doubt_ms = Infinity;

export function learnServerTime(date: string | null, asked: number, answered: number): void {
  const server = date ? Date.parse(date) : NaN;
  if (Number.isNaN(server)) return;
  const doubt = (answered - asked) / 2 + 500;
  if (doubt > doubt_ms) return;
  doubt_ms = doubt;
  // The header has whole seconds, so the truth lies half a second later on average.
  const difference = server + 500 - (asked + answered) / 2;
  // A difference within the doubt is no evidence that the clock here is wrong.
  offset_ms = Math.abs(difference) <= doubt + 500 ? 0 : difference;
}

export const serverNow = (): number => Date.now() + offset_ms;
