/** A value that has no form of its own, as JSON: it counts once it can be read. */
import { Textarea } from "@fluentui/react-components";
import { type ReactNode, useEffect, useState } from "react";

/** The field. What can't be read is handed on as text, which the engine refuses. */
export function JsonField({
  value,
  onValue,
  placeholder,
  label,
}: {
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly placeholder: string;
  /** Where no field around it names it. */
  readonly label?: string;
}): ReactNode {
  const [text, setText] = useState(() => textOf(value));
  useEffect(
    () =>
      setText((old) =>
        // What can't be read yet is still being written.
        sameValue(readJson(old), value) || faultOf(old) !== undefined ? old : textOf(value),
      ),
    [value],
  );
  const fault = faultOf(text);
  return (
    <div className="stack tight">
      <Textarea
        className="wideInput mono"
        {...(label === undefined ? {} : { "aria-label": label })}
        value={text}
        resize="vertical"
        rows={3}
        spellCheck={false}
        placeholder={placeholder}
        onChange={(_event, data) => {
          setText(data.value);
          onValue(readJson(data.value));
        }}
      />
      {fault === undefined ? null : <span className="codeReason">Not JSON yet: {fault}</span>}
    </div>
  );
}

function textOf(value: unknown): string {
  return value === undefined || typeof value === "string"
    ? String(value ?? "")
    : JSON.stringify(value, null, 2);
}

function sameValue(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function readJson(text: string): unknown {
  if (text.trim() === "") {
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function faultOf(text: string): string | undefined {
  if (text.trim() === "") {
    return undefined;
  }
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : "it can't be read";
  }
}
