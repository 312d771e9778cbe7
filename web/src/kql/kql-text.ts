/** Query text that the page writes itself: names, values, and filters that a cell adds. */
import type { Column, Value } from "./answer.ts";

/** A string literal. */
export function kqlText(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

/** A name as it can stand anywhere. */
export function kqlName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `[${kqlText(name)}]`;
}

/** A member of a dynamic value. */
export type Step = string | number;

/** `Column.member[0]`. */
export function kqlPath(column: string, steps: readonly Step[]): string {
  const members = steps.map((step) =>
    typeof step === "number"
      ? `[${step}]`
      : /^[A-Za-z_]\w*$/.test(step)
        ? `.${step}`
        : `[${kqlText(step)}]`,
  );
  return kqlName(column) + members.join("");
}

/** The condition that a row has, or hasn't, the value of a cell. */
export function cellCondition(column: Column, value: Value, keep: boolean): string {
  const name = kqlName(column.name);
  const sign = keep ? "==" : "!=";
  if (value === null || value === undefined || value === "") {
    const test = column.type === "string" ? "empty" : "null";
    return `${keep ? "is" : "isnot"}${test}(${name})`;
  }
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  switch (column.type) {
    case "bool":
      return `${name} ${sign} ${/^(true|1)$/i.test(text)}`;
    case "datetime":
    case "timespan":
    case "guid":
      return `${name} ${sign} ${column.type}(${text})`;
    case "int":
    case "long":
    case "real":
    case "decimal":
      return `${name} ${sign} ${column.type}(${text})`;
    case "dynamic":
      return `tostring(${name}) ${sign} ${kqlText(text)}`;
    default:
      return `${name} ${sign} ${kqlText(text)}`;
  }
}

/** The condition that a member of a dynamic value is what it is. */
export function memberCondition(column: string, steps: readonly Step[], value: Value): string {
  const path = kqlPath(column, steps);
  return value === null
    ? `isnull(${path})`
    : `tostring(${path}) == ${kqlText(typeof value === "object" ? JSON.stringify(value) : String(value))}`;
}

const RENDER_AT_END = /(?:^|\n)?[^\S\n]*\|\s*render\s[^|]*$/;

/** The query with a condition at its end, in front of a `render`. */
export function withCondition(query: string, condition: string): string {
  const trimmed = query.trimEnd().replace(/;$/, "").trimEnd();
  const render = RENDER_AT_END.exec(trimmed);
  const head = render === null ? trimmed : trimmed.slice(0, render.index).trimEnd();
  const tail = render === null ? "" : `\n${render[0].trim()}`;
  return `${head}\n| where ${condition}${tail}`;
}
