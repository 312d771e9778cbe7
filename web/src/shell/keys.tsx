/** Keys: what can be pressed where. Nothing is taken from somebody who is typing, or who answers a question. */
import { useEffect, useRef, useSyncExternalStore } from "react";

/** A key or two in a row, such as `?`, `Ctrl+K`, `Shift+x`, `g i`. */
export interface Shortcut {
  readonly keys: string;
  readonly label: string;
  /** Null: the key works in one place, which sees to it; here it is only listed. */
  readonly run: (() => void) | null;
}

/** Shortcuts that belong together, under a heading of the list of keys. */
export interface ShortcutGroup {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}

/** Slow enough for hands that look for the second key. */
const SEQUENCE_MS = 1_500;

/** Places where letters are typed. */
const TYPING =
  "input:not([type=checkbox], [type=radio], [type=button], [type=range]), textarea, select, " +
  "[contenteditable=true], [role=textbox], [role=combobox]";

/** Places that have keys of their own. A list that leaves letters to its page says so. */
const BUSY = "[role=menu], [role=listbox]:not([data-shortcuts]), [aria-modal=true]";

let registered: readonly ShortcutGroup[] = [];
const listeners = new Set<() => void>();
let pending = "";
let pendingAt = 0;

function change(next: readonly ShortcutGroup[]): void {
  registered = next;
  for (const listener of listeners) {
    listener();
  }
}

/** Makes keys work while a component is shown; the newest wins. */
export function useShortcuts(shortcuts: readonly Shortcut[], title: string = "This page"): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const names = shortcuts.map(({ keys, label }) => `${keys}\n${label}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the functions change with every render, the keys don't.
  useEffect(() => {
    const group: ShortcutGroup = {
      title,
      shortcuts: latest.current.map(({ keys, label, run }, at) => ({
        keys,
        label,
        run: run === null ? null : () => latest.current[at]?.run?.(),
      })),
    };
    change([...registered, group]);
    return () => change(registered.filter((each) => each !== group));
  }, [names, title]);
}

/** Every key that works now. */
export function useAllShortcuts(): readonly ShortcutGroup[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => registered,
  );
}

addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const isCommand = event.ctrlKey || event.metaKey || event.altKey;
  const isTaken =
    target !== null &&
    (target.closest(BUSY) !== null || (!isCommand && target.closest(TYPING) !== null));
  // A key that is held down moves on, and a key that only goes along with another is none.
  if (isTaken || event.defaultPrevented || event.key === "Shift") {
    return;
  }
  const key = nameOf(event);
  const sequence = Date.now() - pendingAt < SEQUENCE_MS ? `${pending} ${key}` : key;
  const found = findShortcut(sequence) ?? findShortcut(key);
  pending = key;
  pendingAt = Date.now();
  if (found !== undefined) {
    event.preventDefault();
    pending = "";
    found.run?.();
  }
});

function nameOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  if (ctrlKey || metaKey) {
    return `Ctrl+${key.toUpperCase()}`;
  }
  if (!/^[a-z]$/i.test(key)) {
    return key;
  }
  return shiftKey ? `Shift+${key.toLowerCase()}` : key.toLowerCase();
}

function findShortcut(keys: string): Shortcut | undefined {
  return registered
    .toReversed()
    .flatMap(({ shortcuts }) => shortcuts)
    .find((shortcut) => shortcut.keys === keys && shortcut.run !== null);
}
