import { Problem } from '../api/problem';

/** What the server says of one field of a form, by its pointer. */
export function fieldError(error: unknown, pointer: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.errors.find((each) => each.pointer === pointer || each.pointer.startsWith(`${pointer}/`))?.detail;
}

/** Whether everything the server says stands beside a field, so that it need not be said again. */
export const isAboutFields = (error: unknown, pointers: string[]): boolean =>
  error instanceof Problem &&
  error.errors.length > 0 &&
  error.errors.every((each) => pointers.some((pointer) => each.pointer.startsWith(pointer)));
