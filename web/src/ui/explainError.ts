import { Problem, SignedOut, Unreachable } from '../api/problem';

/** What happened, what is safe, what to do next: in that order, for every way a request can end badly. */
export interface Words {
  happened: string;
  safe: string;
  next: string;
  id: string | null;
  canRetry: boolean;
}

export function explainError(error: unknown): Words {
  if (error instanceof SignedOut) {
    return {
      happened: 'Your session has ended.',
      safe: 'What the server has saved is saved; what it has not seen yet is kept on this device.',
      next: 'Sign in again to go on where you were.',
      id: null,
      canRetry: false,
    };
  }
  if (error instanceof Unreachable) {
    return {
      happened: navigator.onLine ? 'The server did not answer.' : 'This device is offline.',
      safe: 'Nothing you did before is lost.',
      next: navigator.onLine ? 'Wait a moment, then try again.' : 'Try again when the connection is back.',
      id: null,
      canRetry: true,
    };
  }
  if (error instanceof Problem) return { ...ofProblem(error), id: error.instance };
  return {
    happened: 'Something in this page went wrong.',
    safe: 'Nothing was sent or changed by it.',
    next: 'Load the page again. If it happens twice, tell your organisation what you were doing.',
    id: error instanceof Error ? error.message : null,
    canRetry: true,
  };
}

function ofProblem(problem: Problem): Omit<Words, 'id'> {
  const detail = problem.detail;
  if (problem.kind === 'node-locked') {
    return {
      happened: 'This part of the course is still locked.',
      safe: 'Your progress is unchanged.',
      next: 'The course page says what opens it. If you have just done that, try again in a few seconds.',
      canRetry: true,
    };
  }
  if (problem.kind === 'access-ended') {
    return {
      happened: 'Your access has ended.',
      safe: 'Everything that was recorded before stays.',
      next: 'Ask an administrator of your organisation.',
      canRetry: false,
    };
  }
  switch (problem.status) {
    case 401:
      return {
        happened: 'Your sign-in is not accepted here.',
        safe: 'Nothing was changed.',
        next: 'Sign out and in again. If that does not help, your place in the organisation may not be ready yet: ask its administrator.',
        canRetry: true,
      };
    case 403:
      return {
        happened: 'You may not see this.',
        safe: 'Nothing was changed.',
        next: detail || 'If you think you should, ask the person who runs your course.',
        canRetry: false,
      };
    case 404:
      return {
        happened: 'There is nothing here, or it is not yours to see.',
        safe: 'Nothing was changed.',
        next: 'Check the address, or start again from your courses.',
        canRetry: false,
      };
    case 429:
    case 503:
      return {
        happened: 'The server is busy.',
        safe: 'Nothing you did before is lost.',
        next: 'Wait a few seconds, then try again.',
        canRetry: true,
      };
    default:
      if (problem.status >= 500) {
        return {
          happened: 'The server could not finish this.',
          safe: 'Nothing you did before is lost.',
          next: 'Try again. If it happens twice, tell your organisation the number below.',
          canRetry: true,
        };
      }
      return {
        happened: problem.message || 'The server refused this.',
        safe: 'Nothing was changed.',
        next: [detail, ...problem.errors.map((each) => each.detail)].filter(Boolean).join(' ') || 'Try again.',
        canRetry: true,
      };
  }
}
