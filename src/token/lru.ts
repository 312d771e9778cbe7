/** A bounded memory that forgets what was used longest ago. */

/** A map of at most so many entries. */
export interface Lru<Value> {
  /** The value, which then counts as just used. */
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  delete(key: string): void;
}

/** @param entriesMax at least 1 */
export function createLru<Value>(entriesMax: number): Lru<Value> {
  // A Map keeps insertion order, so the entry used longest ago is the first one.
  const entries = new Map<string, Value>();
  return {
    get(key) {
      const value = entries.get(key);
      if (value !== undefined) {
        entries.delete(key);
        entries.set(key, value);
      }
      return value;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size > entriesMax) {
        const [oldest] = entries.keys();
        entries.delete(oldest ?? key);
      }
    },
    delete(key) {
      entries.delete(key);
    },
  };
}
