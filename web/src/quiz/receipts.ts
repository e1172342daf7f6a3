import type { AttemptPath } from '../api/requests';
import type { Receipt } from '../api/types';

/** A receipt just given is shown at once, even if the connection is gone again by then. */
interface Given {
  receipt: Receipt;
  by: 'this' | 'another';
}

const given = new Map<string, Given>();
const key = (at: { enrolment: string; assessment: string; attempt: number }) =>
  `${at.enrolment}/${at.assessment}/${at.attempt}`;

export const rememberReceipt = (receipt: Receipt, by: Given['by']) => given.set(key(receipt), { receipt, by });
export const receiptGiven = (at: AttemptPath) => given.get(key(at)) ?? null;
