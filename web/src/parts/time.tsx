/** Instants: how long ago for the eye, in UTC for the record. */
import { Tooltip } from "@fluentui/react-components";
import type { ReactNode } from "react";

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000_000],
  ["month", 2_592_000_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** How long ago, or until when. */
function relativeTime(instant: string, now: number = Date.now()): string {
  const ms = Date.parse(instant) - now;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(ms) >= each) ?? ["second", 1_000];
  return RELATIVE.format(Math.round(ms / size), unit);
}

/** An instant; the exact one is in the hint. */
export function Time({ instant }: { readonly instant: string | null }): ReactNode {
  if (instant === null || Number.isNaN(Date.parse(instant))) {
    return <span aria-hidden>–</span>;
  }
  return (
    <Tooltip content={instant} relationship="description">
      <time dateTime={instant}>{relativeTime(instant)}</time>
    </Tooltip>
  );
}
