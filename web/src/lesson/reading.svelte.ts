import { serverNow } from '../time/clock';
import { beat_ms_max, keepBeat, keepScroll, keepSegment, sendReading, type Sent } from '../offline/reading';
import type { Asked } from '../outline/asked';

/** How often a heartbeat is written down. */
const tick_ms = 5_000;
/** Who does nothing for so long is not reading. A page of text is read without a hand for a good while. */
const idle_ms = 60_000;
const send_every_ms = 60_000;

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart', 'scroll'] as const;

/**
 * Watches a lesson being read: while it is on the screen and its reader does something, time counts. Only what a rule of
 * the course asks for is watched, and only until it is enough.
 */
export class Reader {
  /** Seconds that were read on this visit. */
  seconds = $state(0);
  /** How far down it was seen on this visit, in percent. */
  percent = $state(0);
  readonly enrolment: string;
  readonly node: string;
  asked: Asked;
  #text: HTMLElement;
  #onSent: (sent: Sent) => void;
  #active_at = serverNow();
  /** Since when time counts that is not written down yet; `null` while it does not count. */
  #since: number | null = null;
  #sent_at = Date.now();
  #ends: (() => void)[] = [];

  constructor(enrolment: string, node: string, asked: Asked, text: HTMLElement, onSent: (sent: Sent) => void) {
    this.enrolment = enrolment;
    this.node = node;
    this.asked = asked;
    this.#text = text;
    this.#onSent = onSent;
    this.#begin();
  }

  #begin(): void {
    const listen = (to: EventTarget, name: string, run: () => void) => {
      to.addEventListener(name, run, { passive: true, capture: true });
      this.#ends.push(() => to.removeEventListener(name, run, { capture: true }));
    };
    for (const sign of signs) listen(window, sign, () => this.active());
    listen(window, 'scroll', () => this.#look());
    listen(window, 'resize', () => this.#look());
    listen(document, 'visibilitychange', () => (isShown() ? this.active() : this.#leave()));
    listen(window, 'pagehide', () => this.#leave());
    listen(window, 'online', () => void this.send());
    // Pictures that arrive late make the text longer.
    const growing = new ResizeObserver(() => this.#look());
    growing.observe(this.#text);
    this.#ends.push(() => growing.disconnect());
    const ticking = setInterval(() => this.#tick(), tick_ms);
    this.#ends.push(() => clearInterval(ticking));
    this.active();
    // What an earlier visit could not send.
    void sendReading(this.enrolment).then(this.#onSent);
  }

  /** The learner does something, or a video plays. */
  active(): void {
    const now = serverNow();
    // Back after a pause: the pause does not count.
    if (this.#since !== null && now - this.#active_at > idle_ms) this.#beat();
    this.#active_at = now;
    if (isShown()) this.#since ??= now;
  }

  /** A piece of a video was played. */
  played(video: string, from_ms: number, until_ms: number): void {
    this.active();
    if (this.asked.watched) keepSegment(this.enrolment, this.node, video, from_ms, until_ms);
  }

  #tick(): void {
    this.#beat();
    this.#look();
    if (Date.now() - this.#sent_at >= send_every_ms) void this.send();
  }

  /** Writes down the time since the last heartbeat, as far as it counts. */
  #beat(): void {
    if (this.#since === null) return;
    const now = serverNow();
    const until = Math.min(now, this.#active_at + idle_ms);
    const length = until - this.#since;
    // A longer gap means that the device slept, or its clock was set.
    if (this.asked.time && length > 0 && length <= beat_ms_max) {
      keepBeat(this.enrolment, this.node, this.#since, until);
      this.seconds += length / 1_000;
    }
    this.#since = isShown() && until === now ? now : null;
  }

  #look(): void {
    if (!this.asked.scrolled || !isShown()) return;
    const { top, height } = this.#text.getBoundingClientRect();
    const seen = innerHeight - top;
    // What is shorter than the screen is seen whole, and a fraction of a pixel is nobody's fault.
    const percent = seen >= height - 2 ? 100 : Math.max(0, Math.floor((seen / height) * 100));
    if (percent <= this.percent) return;
    this.percent = percent;
    keepScroll(this.enrolment, this.node, percent);
  }

  #leave(): void {
    this.#beat();
    this.#since = null;
    void this.send();
  }

  async send(): Promise<void> {
    this.#sent_at = Date.now();
    this.#onSent(await sendReading(this.enrolment));
  }

  end(): void {
    this.#leave();
    for (const end of this.#ends) end();
  }
}

const isShown = () => document.visibilityState === 'visible';
