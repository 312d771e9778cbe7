/** A record as text that somebody puts right; what is still wrong is said while typing, by the server's own rules. */
import { Button } from "@fluentui/react-components";
import { type ReactNode, useDeferredValue, useId, useMemo, useState } from "react";
import { messageOf, type ValidationOptions, validateObject } from "../../../src/stix/index.ts";
import type { Suggestion } from "../api/ingestion-types.ts";

/** As a server is set up that nobody has changed; what counts is its own answer. */
const OPTIONS: ValidationOptions = {
  profile: "sentinel",
  defaultSpecVersion: "2.0",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "stix",
  coerceNumericStrings: false,
  tlpGreenAlias: true,
  severity: {},
};

/** As files are read: tables write numbers as texts. */
const FILE_OPTIONS: ValidationOptions = { ...OPTIONS, coerceNumericStrings: true };

const REMARKS_MAX = 20;
const ROWS_MAX = 30;

/** The editor. */
export function RecordDraft({
  label,
  value,
  suggestions = [],
  isOfFile = false,
  isPending,
  action,
  onSend,
  onClose,
}: {
  readonly label: string;
  /** The record as it is; a text where it is no JSON. */
  readonly value: unknown;
  readonly suggestions?: readonly Suggestion[];
  readonly isOfFile?: boolean;
  readonly isPending: boolean;
  /** What the button says. */
  readonly action: string;
  readonly onSend: (object: unknown) => void;
  readonly onClose: () => void;
}): ReactNode {
  const id = useId();
  const [text, setText] = useState(() =>
    typeof value === "string" ? value : JSON.stringify(value, null, 2),
  );
  const late = useDeferredValue(text);
  const check = useMemo(() => checkOf(late, isOfFile ? FILE_OPTIONS : OPTIONS), [late, isOfFile]);
  return (
    <div className="stack tight">
      {suggestions.length === 0 ? null : (
        <div className="inline">
          {suggestions.map((suggestion) => (
            <Button
              key={`${suggestion.pointer} ${suggestion.text}`}
              size="small"
              disabled={check.object === undefined}
              onClick={() => setText(withSuggestion(text, suggestion))}
            >
              {suggestion.text} ({suggestion.pointer})
            </Button>
          ))}
        </div>
      )}
      <label className="label" htmlFor={id}>
        {label}
        <textarea
          id={id}
          className="editor"
          value={text}
          onChange={(event) => setText(event.target.value)}
          spellCheck={false}
          autoCapitalize="off"
          aria-describedby={`${id}-check`}
          rows={Math.min(ROWS_MAX, text.split("\n").length + 1)}
        />
      </label>
      <div id={`${id}-check`} role="status">
        {check.remarks.length === 0 ? (
          "Nothing is wrong with it any more, as far as this page can tell."
        ) : (
          <ul className="reasons">
            {check.remarks.slice(0, REMARKS_MAX).map((remark) => (
              <li key={remark}>{remark}</li>
            ))}
          </ul>
        )}
      </div>
      <div className="inline">
        <Button
          appearance="primary"
          disabled={check.object === undefined || isPending}
          onClick={() => onSend(check.object)}
        >
          {isPending ? "Sending…" : action}
        </Button>
        <Button onClick={onClose}>Close the editor</Button>
      </div>
    </div>
  );
}

interface Check {
  /** Undefined while it is no JSON object. */
  readonly object: unknown;
  readonly remarks: readonly string[];
}

function checkOf(text: string, options: ValidationOptions): Check {
  let object: unknown;
  try {
    object = JSON.parse(text);
  } catch (error) {
    return { object: undefined, remarks: [`No JSON yet: ${(error as Error).message}.`] };
  }
  if (typeof object !== "object" || object === null || Array.isArray(object)) {
    return { object: undefined, remarks: ["A record is a JSON object: { … }."] };
  }
  const { findings } = validateObject(object, options);
  const errors = findings.filter(({ severity }) => severity === "error");
  return { object, remarks: [...new Set(errors.map(messageOf))] };
}

type Json = Readonly<Record<string, unknown>>;

/** The text with a value in its place. @see RFC 6901 */
function withSuggestion(text: string, suggestion: Suggestion): string {
  const steps = suggestion.pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return JSON.stringify(withValue(JSON.parse(text), steps, suggestion), null, 2);
}

function withValue(
  value: unknown,
  [step, ...rest]: readonly string[],
  suggestion: Suggestion,
): unknown {
  if (step === undefined) {
    return suggestion.value;
  }
  const isGone = rest.length === 0 && suggestion.value === undefined;
  if (Array.isArray(value)) {
    const at = Number(step);
    return isGone ? value.toSpliced(at, 1) : value.with(at, withValue(value[at], rest, suggestion));
  }
  const { [step]: inner, ...others } = value as Json;
  return isGone ? others : { ...(value as Json), [step]: withValue(inner, rest, suggestion) };
}
