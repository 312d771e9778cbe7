/** A record as JSON, with what is wrong written below the line that it is about. */
import type { ReactNode } from "react";
import type { Finding } from "../api/types.ts";

/** A line, and where in the record it stands, such as `external_references[0].url`. */
interface Line {
  readonly path: string;
  readonly text: string;
}

/** Lines of a record that are shown; longer ones are cut off, the whole is in what is copied. */
const LINES_MAX = 2_000;

/** The record. */
export function RecordJson({
  value,
  errors,
  warnings,
  label,
}: {
  readonly value: unknown;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly label: string;
}): ReactNode {
  const lines = linesOf(value, "", "", "").slice(0, LINES_MAX);
  const remarks = [
    ...errors.map((finding) => ({ ...finding, isError: true })),
    ...warnings.map((finding) => ({ ...finding, isError: false })),
  ].map((finding) => ({ ...finding, at: placeOf(lines, finding.path) }));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <section className="code" aria-label={label} tabIndex={0}>
      {lines.map(({ text }, at) => {
        const here = remarks.filter((remark) => remark.at === at);
        const indent = text.length - text.trimStart().length;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place.
          <span key={at}>
            <span className={here.some(({ isError }) => isError) ? "codeLine faulty" : "codeLine"}>
              {text}
            </span>
            {here.map(({ rule, path, message, isError }) => (
              <span
                key={`${rule} ${path} ${message}`}
                className={isError ? "codeReason" : "codeReason warning"}
              >
                {" ".repeat(indent)}^ {message}
              </span>
            ))}
          </span>
        );
      })}
    </section>
  );
}

function linesOf(value: unknown, path: string, indent: string, name: string): readonly Line[] {
  const deeper = `${indent}  `;
  if (Array.isArray(value) && value.length > 0) {
    return [
      { path, text: `${indent}${name}[` },
      ...value.flatMap((each, at) => comma(linesOf(each, `${path}[${at}]`, deeper, ""), at, value)),
      { path: `${path}]`, text: `${indent}]` },
    ];
  }
  if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
    const entries = Object.entries(value);
    return [
      { path, text: `${indent}${name}{` },
      ...entries.flatMap(([key, each], at) => {
        const inner = path === "" ? key : `${path}.${key}`;
        return comma(linesOf(each, inner, deeper, `${JSON.stringify(key)}: `), at, entries);
      }),
      { path: `${path}}`, text: `${indent}}` },
    ];
  }
  return [{ path, text: `${indent}${name}${JSON.stringify(value)}` }];
}

function comma(lines: readonly Line[], at: number, all: readonly unknown[]): readonly Line[] {
  const last = lines.at(-1);
  return last === undefined || at === all.length - 1
    ? lines
    : lines.with(-1, { ...last, text: `${last.text},` });
}

/** The line of a path; of what is missing, the line of whatever should hold it. */
function placeOf(lines: readonly Line[], path: string): number {
  for (let wanted = path; wanted !== ""; wanted = parentOf(wanted)) {
    const at = lines.findIndex((line) => line.path === wanted);
    if (at >= 0) {
      return at;
    }
  }
  return 0;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("."), path.lastIndexOf("[")));
}
