/** Instants: how long ago, or the time here, or in UTC, as the display menu says; the exact one is in the hint. */
import { Tooltip } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { type TimeStyle, useDisplay } from "../shell/display.ts";

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000_000],
  ["month", 2_592_000_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** Such as 2026-11-23 02:41, which sorts and is read alike everywhere. */
const LOCAL = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

/** How long ago, or until when. */
function relativeTime(instant: string, now: number = Date.now()): string {
  const ms = Date.parse(instant) - now;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(ms) >= each) ?? ["second", 1_000];
  return RELATIVE.format(Math.round(ms / size), unit);
}

const STYLES: Readonly<Record<TimeStyle, (instant: string) => string>> = {
  relative: (instant) => relativeTime(instant),
  local: (instant) => LOCAL.format(Date.parse(instant)),
  utc: (instant) => `${new Date(instant).toISOString().slice(0, 16).replace("T", " ")}Z`,
};

/** An instant; the exact one is in the hint. */
export function Time({ instant }: { readonly instant: string | null }): ReactNode {
  const { times } = useDisplay();
  if (instant === null || Number.isNaN(Date.parse(instant))) {
    return <span aria-hidden>–</span>;
  }
  const hint = times === "relative" ? instant : `${instant}, ${relativeTime(instant)}`;
  return (
    <Tooltip content={hint} relationship="description">
      <time dateTime={instant}>{STYLES[times](instant)}</time>
    </Tooltip>
  );
}
