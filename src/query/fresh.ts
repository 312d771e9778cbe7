/**
 * A value that is read again when it is a little old: what people change by command or through another process is seen
 * soon, and a query does not wait for the database each time.
 */

/** How old a value may be. A second is soon enough for a person, and seldom for the database. */
const FRESH_MS = 1_000;

/** Keys whose values are kept at one time; one is a workspace. */
const KEYS_MAX = 10_000;

/** Values by key, read again when they are old. */
export interface Fresh<T> {
  get(key: string): Promise<T>;
  /** The next `get` reads again. */
  forget(key: string): void;
}

/** Keeps what `read` gives. A failing read is not kept. */
export function keepFresh<T>(read: (key: string) => Promise<T>, nowMs: () => number): Fresh<T> {
  const kept = new Map<string, { readonly value: Promise<T>; readonly untilMs: number }>();
  return {
    get(key) {
      const known = kept.get(key);
      if (known !== undefined && nowMs() < known.untilMs) {
        return known.value;
      }
      if (kept.size >= KEYS_MAX) {
        kept.clear();
      }
      const value = read(key);
      kept.set(key, { value, untilMs: nowMs() + FRESH_MS });
      value.catch(() => kept.delete(key));
      return value;
    },
    forget(key) {
      kept.delete(key);
    },
  };
}
