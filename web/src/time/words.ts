import type { Deadline } from '../api/types';

const language = navigator.language.startsWith('en') ? navigator.language : 'en-GB';
export const hereZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const format = (at: number, zone: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: 'h23', ...options }).format(at);

const day: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'short' };
const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };

export const clockWithSeconds = (at: string | number) =>
  format(+new Date(at), hereZone, { ...clock, second: '2-digit' });
export const clockOnly = (at: string | number) => format(+new Date(at), hereZone, clock);

function yearIfOther(at: number, now: number): Intl.DateTimeFormatOptions {
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' };
}

export function dayAndClock(at: string | number, now = Date.now()): string {
  const instant = +new Date(at);
  return format(instant, hereZone, { ...day, ...yearIfOther(instant, now), ...clock });
}

/** "Europe/Berlin" is a name for machines; people say the city. */
export const zoneName = (zone: string) => zone.split('/').pop()?.replaceAll('_', ' ') ?? zone;

/** Zones with different names may show the same clock at that instant: then naming two would only confuse. */
export function sameClock(at: string, zone: string): boolean {
  const instant = +new Date(at);
  const all: Intl.DateTimeFormatOptions = { ...day, ...clock, year: 'numeric' };
  return format(instant, hereZone, all) === format(instant, zone, all);
}

export interface DeadlineWords {
  here: string;
  /** The cohort's own clock, where it differs from the reader's. */
  there: string | null;
}

export function deadlineWords(due: Deadline, now = Date.now()): DeadlineWords {
  const here = dayAndClock(due.at, now);
  if (sameClock(due.at, due.zone)) return { here, there: null };
  const there = format(+new Date(due.at), due.zone, { ...day, ...clock });
  return { here: `${here} your time`, there: `${there} in ${zoneName(due.zone)}` };
}

/**
 * A moment as the server writes it for rules: "2026-12-03T09:00:00+01:00[Europe/Berlin]". It is said by the clock of its
 * own zone, which is named, and by the reader's where that shows another time.
 */
export function momentWords(moment: string, now = Date.now()): string {
  const [, at = moment, zone = hereZone] = /^([^[]+)\[([^\]]+)\]$/.exec(moment) ?? [];
  const instant = +new Date(at);
  const long: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', ...yearIfOther(instant, now) };
  const said = (where: string) => `${format(instant, where, long)}, ${format(instant, where, clock)}`;
  const there = `${said(zone)} ${zoneName(zone)} time`;
  return sameClock(at, zone) ? there : `${there}, ${dayAndClock(instant, now)} your time`;
}

const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

export function duration(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) return 'less than a minute';
  if (minutes < 90) return plural(minutes, 'minute');
  return plural(Math.round(minutes / 60), 'hour');
}

/** Midnights between two instants by the reader's calendar: the 8th is 14 days after the 24th at any hour. */
function calendarDays(from: number, to: number): number {
  const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}

export function fromNow(at: string, now: number): string {
  const instant = +new Date(at);
  const difference = instant - now;
  if (Math.abs(difference) >= 48 * 3_600_000) {
    const days = calendarDays(now, instant);
    return days > 0 ? `in ${plural(days, 'day')}` : `${plural(-days, 'day')} ago`;
  }
  return difference >= 0 ? `in ${duration(difference)}` : `${duration(-difference)} ago`;
}

export function minutesInWords(minutes: number): string {
  if (minutes < 120) return plural(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return rest === 0 ? plural(hours, 'hour') : `${plural(hours, 'hour')} ${plural(rest, 'minute')}`;
}

/** Points travel as hundredths so that no rounding can creep in. */
export function points(hundredths: number): string {
  return (hundredths / 100).toLocaleString(language, { maximumFractionDigits: 2 });
}

/** Points that are not known yet are no zero. */
export const pointsOrNone = (hundredths: number | null | undefined): string =>
  typeof hundredths === 'number' ? points(hundredths) : '–';
