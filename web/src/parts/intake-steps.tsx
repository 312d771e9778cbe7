/** Requests over time by what became of them: bars with a pattern each, a legend that chooses, and the same as a table. */
import type { ReactNode } from "react";
import type { ActivityReport, ActivityStep } from "../api/ingestion-types.ts";
import { TableScroll } from "./panel.tsx";
import "./intake.css";

type Kind = Exclude<keyof ActivityStep, "from">;

/** What requests become, from the bottom of a bar to its top; with the filter of the list that shows them. */
const KINDS: readonly {
  readonly kind: Kind;
  readonly label: string;
  readonly outcome: string | null;
}[] = [
  { kind: "accepted", label: "accepted", outcome: "accepted" },
  { kind: "partly", label: "accepted in part", outcome: "partly_accepted" },
  { kind: "rejected", label: "rejected", outcome: "rejected" },
  { kind: "empty", label: "empty", outcome: "empty" },
  { kind: "throttled", label: "throttled", outcome: "throttled" },
  { kind: "refused", label: "refused", outcome: "refused" },
  { kind: "turnedAway", label: "not let in", outcome: null },
];

/** The chart. */
export function IntakeSteps({
  report: { steps, stepSeconds, since },
  outcome,
  onOutcome,
}: {
  readonly report: ActivityReport;
  readonly outcome: string | undefined;
  readonly onOutcome: (outcome: string | undefined) => void;
}): ReactNode {
  const totals = KINDS.map((each) => ({
    ...each,
    total: steps.reduce((sum, step) => sum + step[each.kind], 0),
  }));
  const most = Math.max(1, ...steps.map(sumOf));
  const shown = totals.filter(({ total }) => total > 0);
  const text = shown.map(({ label, total }) => `${total.toLocaleString("en")} ${label}`).join(", ");
  return (
    <figure className="steps-chart">
      <div
        className="trend tall"
        role="img"
        aria-label={`Requests over time: ${text === "" ? "none" : text}`}
      >
        {steps.map((step) => (
          <span key={step.from} title={titleOf(step)}>
            {KINDS.toReversed().map(({ kind }) =>
              step[kind] === 0 ? null : (
                <i
                  key={kind}
                  className={`step ${kind}`}
                  style={{ height: `${(step[kind] / most) * 100}%`, minHeight: 3 }}
                />
              ),
            )}
          </span>
        ))}
      </div>
      <div className="trendEnds" aria-hidden>
        <span>{clock(since)} UTC</span>
        <span>
          at most {most.toLocaleString("en")} in a bar of {spanText(stepSeconds)}
        </span>
        <span>now</span>
      </div>
      <ul className="plainList inline" aria-label="What became of requests">
        {totals.map(({ kind, label, total, outcome: filter }) => (
          <li key={kind} className="legend">
            <i className={`step swatch ${kind}`} aria-hidden />
            {filter === null ? (
              <span>
                {label} {total.toLocaleString("en")}
              </span>
            ) : (
              <button
                type="button"
                className="link"
                aria-pressed={outcome === filter}
                onClick={() => onOutcome(outcome === filter ? undefined : filter)}
              >
                {label} {total.toLocaleString("en")}
              </button>
            )}
          </li>
        ))}
      </ul>
      {shown.length === 0 ? null : <StepTable steps={steps} />}
    </figure>
  );
}

function StepTable({ steps }: { readonly steps: readonly ActivityStep[] }): ReactNode {
  return (
    <details>
      <summary>The same as a table</summary>
      <TableScroll label="Requests over time">
        <thead>
          <tr>
            <th scope="col">From (UTC)</th>
            {KINDS.map(({ kind, label }) => (
              <th key={kind} scope="col" className="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps
            .filter((step) => sumOf(step) > 0)
            .map((step) => (
              <tr key={step.from}>
                <td className="nowrap">{clock(step.from)}</td>
                {KINDS.map(({ kind }) => (
                  <td key={kind} className="number">
                    {step[kind].toLocaleString("en")}
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </TableScroll>
    </details>
  );
}

function sumOf(step: ActivityStep): number {
  return KINDS.reduce((sum, { kind }) => sum + step[kind], 0);
}

function titleOf(step: ActivityStep): string {
  const parts = KINDS.filter(({ kind }) => step[kind] > 0).map(
    ({ kind, label }) => `${step[kind]} ${label}`,
  );
  return `${clock(step.from)} UTC: ${parts.length === 0 ? "nothing" : parts.join(", ")}`;
}

/** `11-22 14:05`. */
function clock(instant: string): string {
  return instant.slice(5, 16).replace("T", " ");
}

function spanText(seconds: number): string {
  if (seconds < 120) {
    return `${seconds} seconds`;
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
