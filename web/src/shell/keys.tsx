/** Keys: what can be pressed where, and the list of it. Nothing is taken from somebody who is typing. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from "react";

/** A key or two in a row, such as `?`, `Ctrl+K`, `g i`. */
export interface Shortcut {
  readonly keys: string;
  readonly label: string;
  readonly run: () => void;
}

const SEQUENCE_MS = 800;

let registered: readonly (readonly Shortcut[])[] = [];
const listeners = new Set<() => void>();
let pending = "";
let pendingAt = 0;

function change(next: readonly (readonly Shortcut[])[]): void {
  registered = next;
  for (const listener of listeners) {
    listener();
  }
}

/** Makes keys work while a component is shown; the newest wins. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const names = shortcuts.map(({ keys, label }) => `${keys}\n${label}`).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the functions change with every render, the keys don't.
  useEffect(() => {
    const group = latest.current.map(({ keys, label }, at) => ({
      keys,
      label,
      run: () => latest.current[at]?.run(),
    }));
    change([...registered, group]);
    return () => change(registered.filter((each) => each !== group));
  }, [names]);
}

addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const isTyping =
    target?.closest("input, textarea, select, [contenteditable=true], [role=textbox]") !== null &&
    target !== null;
  const key = nameOf(event);
  const isCommand = event.ctrlKey || event.metaKey || event.altKey;
  if ((isTyping && !isCommand) || event.defaultPrevented) {
    return;
  }
  const sequence = Date.now() - pendingAt < SEQUENCE_MS ? `${pending} ${key}` : key;
  const found = findShortcut(sequence) ?? findShortcut(key);
  pending = key;
  pendingAt = Date.now();
  if (found !== undefined) {
    event.preventDefault();
    pending = "";
    found.run();
  }
});

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key : event.key;
  const isCommand = event.ctrlKey || event.metaKey;
  return isCommand ? `Ctrl+${key.toUpperCase()}` : key;
}

function findShortcut(keys: string): Shortcut | undefined {
  return registered
    .toReversed()
    .flat()
    .find((shortcut) => shortcut.keys === keys);
}

/** The list of all keys that work now. */
export function ShortcutHelp({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}): ReactNode {
  const groups = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => registered,
  );
  return (
    <Dialog open={open} onOpenChange={(_event, data) => !data.open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Keys</DialogTitle>
          <DialogContent>
            <dl className="keys">
              {groups.flat().map(({ keys, label }) => (
                <div key={`${keys} ${label}`}>
                  <dt>
                    {keys.split(" ").map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dt>
                  <dd>{label}</dd>
                </div>
              ))}
            </dl>
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              Close
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}
