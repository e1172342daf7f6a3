/**
 * How somebody looks at a list, kept with the entry in the browser's history: going back finds it as it was left, and
 * coming by a link begins afresh. For the time while a page is set up.
 */
export function rememberLook<T extends object>(list: T, keys: (keyof T)[]): void {
  const before = (history.state ?? {}) as Partial<T>;
  for (const key of keys) if (key in before) list[key] = before[key] as T[keyof T];
  $effect(() => history.replaceState(Object.fromEntries(keys.map((key) => [key, list[key]])), ''));
}
