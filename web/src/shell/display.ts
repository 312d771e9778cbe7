/** How values are shown in this browser: instants as words or as they are, indicators disarmed or not. */
import { useSyncExternalStore } from "react";

/** Ways to write an instant. */
export type TimeStyle = "relative" | "local" | "utc";

/** What somebody has chosen. */
export interface Display {
  /** Addresses are written so that nothing makes a link of them: hxxp, [.], [@]. */
  readonly defang: boolean;
  readonly times: TimeStyle;
}

const STORED = "stixgate.display";
const DEFAULT: Display = { defang: false, times: "relative" };

const listeners = new Set<() => void>();
let display: Display = storedDisplay();

/** What is chosen. */
export function useDisplay(): Display {
  return useSyncExternalStore(listen, () => display);
}

/** Chooses, for this browser. */
export function changeDisplay(change: Partial<Display>): void {
  display = { ...display, ...change };
  try {
    localStorage.setItem(STORED, JSON.stringify(display));
  } catch {
    // A full or forbidden store: the choice lasts as long as the page.
  }
  tell();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) {
    listener();
  }
}

function storedDisplay(): Display {
  try {
    const stored = JSON.parse(localStorage.getItem(STORED) ?? "{}") as Partial<Display>;
    const times = (["relative", "local", "utc"] as const).find((each) => each === stored.times);
    return { defang: stored.defang === true, times: times ?? DEFAULT.times };
  } catch {
    return DEFAULT;
  }
}

// Another tab of the same browser shows the same.
addEventListener("storage", ({ key }) => {
  if (key === STORED) {
    display = storedDisplay();
    tell();
  }
});
