/** The assistant for patterns: a kind of value, values, and the pattern that any of them matches. */
import { Button, Field, Textarea } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { PatternPieces } from "../parts/pattern-text.tsx";
import { kindOfValue, patternFor, VALUE_KINDS, type ValueKind, valuesOf } from "./pattern-build.ts";

const GUESS = "";

/** The assistant. */
export function PatternAssistant({
  onPattern,
  onClose,
}: {
  readonly onPattern: (pattern: string) => void;
  readonly onClose: () => void;
}): ReactNode {
  const [path, setPath] = useState(GUESS);
  const [text, setText] = useState("");
  const chosen = VALUE_KINDS.find((each) => each.path === path);
  const values = valuesOf(text).map((value) => ({ value, kind: chosen ?? kindOfValue(value) }));
  const known = values.filter(
    (each): each is { value: string; kind: ValueKind } => each.kind !== undefined,
  );
  const unknown = values.filter(({ kind }) => kind === undefined).map(({ value }) => value);
  const pattern = patternFor(known);
  return (
    <fieldset className="formRow assistant">
      <legend>Write the pattern from values</legend>
      <Field label="Kind of value">
        {(inner) => (
          <select
            {...inner}
            className="picker"
            value={path}
            onChange={(event) => setPath(event.target.value)}
          >
            <option value={GUESS}>As it looks</option>
            {VALUE_KINDS.map((kind) => (
              <option key={kind.path} value={kind.path}>
                {kind.label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field
        label="Values"
        hint="One on each line; any of them matches. hxxp and [.] are understood."
        {...(unknown.length === 0
          ? {}
          : {
              validationState: "warning" as const,
              validationMessage: `Choose the kind: it can't be told of ${unknown.slice(0, 3).join(", ")}`,
            })}
      >
        {(inner) => (
          <Textarea
            {...inner}
            className="wideInput mono"
            autoFocus
            rows={3}
            value={text}
            spellCheck={false}
            placeholder={chosen?.example ?? "203.0.113.7"}
            onChange={(_event, data) => setText(data.value)}
          />
        )}
      </Field>
      {pattern === "" ? null : (
        <code className="pattern" role="status">
          <PatternPieces pattern={pattern} />
        </code>
      )}
      <span className="inline">
        <Button
          size="small"
          appearance="primary"
          disabled={pattern === "" || unknown.length > 0}
          onClick={() => onPattern(pattern)}
        >
          Use this pattern
        </Button>
        <Button size="small" onClick={onClose}>
          Not now
        </Button>
      </span>
    </fieldset>
  );
}
