import type { ProblemDocument, Receipt } from './types';

/** The server answered, and the answer was no. */
export class Problem extends Error {
  readonly kind: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string | null;
  readonly errors: { pointer: string; detail: string }[];
  readonly receipt: Receipt | null;
  readonly rev: number | null;

  constructor(document: Pick<ProblemDocument, 'type' | 'title' | 'status'> & Partial<ProblemDocument>) {
    super(document.title);
    this.kind = document.type.split('/').pop() ?? 'unknown';
    this.status = document.status;
    this.detail = document.detail ?? '';
    this.instance = document.instance ?? null;
    this.errors = document.errors ?? [];
    this.receipt = document.receipt ?? null;
    this.rev = document.rev ?? null;
  }

  /** The server may or may not have done what was asked. */
  get unclear(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }

  static async from(response: Response): Promise<Problem> {
    const fallback = {
      type: 'about:blank',
      title: response.statusText || `Answer ${response.status}`,
      status: response.status,
    };
    const instance = response.headers.get('x-request-id') ?? response.headers.get('apigw-requestid');
    let document: Partial<ProblemDocument> = {};
    try {
      document = (await response.json()) as Partial<ProblemDocument>;
    } catch {
      // A gateway may refuse before our own code could write a problem document.
    }
    const merged = { ...fallback, ...document, status: response.status };
    return new Problem(merged.instance || !instance ? merged : { ...merged, instance });
  }
}

/** No answer came back: offline, or lost on the way. What was sent may still have arrived. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super('No answer from the server.', { cause });
  }
}

/** The person has to sign in again before this can go on. */
export class SignedOut extends Error {
  constructor() {
    super('The session has ended.');
  }
}
