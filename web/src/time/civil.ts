/** What a wall-clock time in a zone means. The server decides in the same way (`stoa_domain::deadline`). */
export interface CivilInstant {
  at: number;
  /** On the night that clocks go back a time comes twice, and the later one counts; on the other night some times never come. */
  kind: 'once' | 'twice' | 'skipped';
}

const formats = new Map<string, Intl.DateTimeFormat>();
function format(zone: string): Intl.DateTimeFormat {
  let known = formats.get(zone);
  if (!known) {
    const options: Intl.DateTimeFormatOptions = {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    };
    known = new Intl.DateTimeFormat('en-GB', options);
    formats.set(zone, known);
  }
  return known;
}

/** The wall clock of a zone at an instant, as if it were UTC. */
function wallClock(at: number, zone: string): number {
  const parts = Object.fromEntries(format(zone).formatToParts(at).map((part) => [part.type, Number(part.value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

const day_ms = 86_400_000;

/** `civil` without an offset, `2026-03-29T02:30`; `null` for a zone or a time that there is not. */
export function instantOf(civil: string, zone: string): CivilInstant | null {
  const wall = Date.parse(`${civil.length === 16 ? `${civil}:00` : civil}Z`);
  if (Number.isNaN(wall)) return null;
  try {
    const offset = (at: number) => wallClock(at, zone) - at;
    const before = wall - offset(wall - day_ms);
    const after = wall - offset(wall + day_ms);
    const real = [before, after].filter((at) => wallClock(at, zone) === wall);
    if (real.length === 0) return { at: before, kind: 'skipped' };
    return { at: Math.max(...real), kind: real.length === 2 && before !== after ? 'twice' : 'once' };
  } catch {
    return null;
  }
}
