import { Problem } from '../api/problem';
import * as ask from '../api/requests';
import { drop, keep, kept, namesWith } from './kept.svelte';

/**
 * What was read, written down minute by minute and sent once a minute. Each tab writes only into its own minutes, so that
 * tabs cannot overwrite one another; whichever tab is there when it is time sends what all of them have. Sending the same
 * minute twice does no harm: the server keeps times, not sums.
 */
export interface Minute {
  kind: 'reading';
  /** Learning object, from, until: in milliseconds by the server's clock. */
  beats: [string, number, number][];
  /** How far down each learning object was seen, in percent. */
  scrolled: Record<string, number>;
  /** Learning object, video, from, until: in milliseconds of the video. */
  watched: [string, string, number, number][];
}

/** The longest heartbeat that the server takes, and the most that one report holds. */
export const beat_ms_max = 30_000;
const pieces_max = 240;
const seen_max = 100;
const minute_ms = 60_000;

const tab = crypto.randomUUID().slice(0, 8);
const start = (enrolment: string) => `reading.${enrolment}.`;
const minuteOf = (at: number) => Math.floor(at / minute_ms);
const name = (enrolment: string, minute: number) => `${start(enrolment)}${minute}.${tab}`;

/** Minutes that are being sent are closed: what comes meanwhile goes into the next. */
let closed = 0;

function write(enrolment: string, change: (minute: Minute) => void): void {
  const at = name(enrolment, Math.max(minuteOf(Date.now()), closed));
  const minute = kept<Minute>(at) ?? { kind: 'reading', beats: [], scrolled: {}, watched: [] };
  change(minute);
  keep(at, minute);
}

/** The learner read from then until then. What follows on what is there makes it longer, as far as a heartbeat goes. */
export function keepBeat(enrolment: string, node: string, from: number, until: number): void {
  write(enrolment, ({ beats }) => {
    const last = beats.at(-1);
    if (last && last[0] === node && last[2] === from && until - last[1] <= beat_ms_max) last[2] = until;
    else if (beats.length < pieces_max) beats.push([node, from, until]);
  });
}

export function keepScroll(enrolment: string, node: string, percent: number): void {
  write(enrolment, ({ scrolled }) => {
    scrolled[node] = Math.max(scrolled[node] ?? 0, percent);
  });
}

/** A piece of a video was played. What touches what is there is one piece with it. */
export function keepSegment(enrolment: string, node: string, video: string, from: number, until: number): void {
  write(enrolment, ({ watched }) => {
    const touching = watched.find((piece) => piece[0] === node && piece[1] === video && from <= piece[3] && piece[2] <= until);
    if (touching) [touching[2], touching[3]] = [Math.min(touching[2], from), Math.max(touching[3], until)];
    else if (watched.length < pieces_max) watched.push([node, video, from, until]);
  });
}

export type Sent = 'received' | 'kept' | 'nothing';

const lastSent = (enrolment: string) => `reading-sent.${enrolment}`;

/** Sends what waits, at most once a minute, whatever tab asks. What cannot be sent now waits for the next time. */
export async function sendReading(enrolment: string): Promise<Sent> {
  if (waiting(enrolment).length === 0) return 'nothing';
  return navigator.locks.request(`stoa.${start(enrolment)}`, { ifAvailable: true }, async (lock) =>
    lock ? await sendWaiting(enrolment) : 'kept',
  );
}

/** Whole minutes of every tab; of the one that is not over only this tab's. */
function waiting(enrolment: string): string[] {
  const now = minuteOf(Date.now());
  return namesWith(start(enrolment))
    .filter((each) => each.endsWith(`.${tab}`) || Number(each.split('.')[2]) < now)
    .toSorted();
}

async function sendWaiting(enrolment: string): Promise<Sent> {
  const now = Date.now();
  // A clock that was set back must not keep anything from being sent.
  const since = now - (kept<number>(lastSent(enrolment)) ?? 0);
  if (since >= 0 && since < minute_ms) return 'kept';
  const { names, report } = together(waiting(enrolment));
  if (names.length === 0) return 'nothing';
  closed = minuteOf(now) + 1;
  keep(lastSent(enrolment), now);
  try {
    await ask.reading(enrolment, report);
  } catch (cause) {
    const isRefused = cause instanceof Problem && !cause.unclear && cause.status !== 401;
    // A refusal stays a refusal however often it is sent.
    if (isRefused) names.forEach(drop);
    return isRefused ? 'nothing' : 'kept';
  }
  names.forEach(drop);
  return 'received';
}

/** As many minutes, the oldest first, as one report holds. */
function together(names: string[]): { names: string[]; report: ask.ReadingToSend } {
  const taken: string[] = [];
  const report: ask.ReadingToSend = { beats: [], scrolled: [], watched: [] };
  for (const each of names) {
    const minute = kept<Minute>(each);
    if (!minute) continue;
    const scrolled = Object.entries(minute.scrolled);
    const isFull =
      report.beats.length + minute.beats.length > pieces_max ||
      report.scrolled.length + scrolled.length > seen_max ||
      report.watched.length + minute.watched.length > pieces_max;
    if (isFull) break;
    const at = (ms: number) => new Date(ms).toISOString();
    report.beats.push(...minute.beats.map(([node, from, to]) => ({ node, from: at(from), to: at(to) })));
    report.scrolled.push(...scrolled.map(([node, percent]) => ({ node, percent })));
    report.watched.push(...minute.watched.map(([node, video, from_ms, to_ms]) => ({ node, video, from_ms, to_ms })));
    taken.push(each);
  }
  return { names: taken, report };
}
