/** A pattern: coloured while it is written, explained in words, and an assistant that writes it from values. */
import { Button } from "@fluentui/react-components";
import { WandRegular } from "@fluentui/react-icons";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { explainPattern, parsePattern } from "../../../src/pattern/index.ts";
import { PatternPieces } from "../parts/pattern-text.tsx";
import { PatternAssistant } from "./pattern-assistant.tsx";

/** The field. */
export function PatternField({
  pattern,
  onPattern,
  field = {},
}: {
  readonly pattern: string;
  readonly onPattern: (pattern: string) => void;
  readonly field?: object;
}): ReactNode {
  const [isHelped, setHelped] = useState(false);
  const behind = useRef<HTMLPreElement>(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const explanation = useMemo(() => explanationOf(pattern), [pattern]);
  return (
    <div className="stack tight">
      <div className="patternEditor">
        <pre ref={behind} aria-hidden>
          <PatternPieces pattern={pattern} />{" "}
        </pre>
        <textarea
          {...field}
          ref={input}
          value={pattern}
          rows={3}
          spellCheck={false}
          autoComplete="off"
          placeholder="[ipv4-addr:value = '203.0.113.7']"
          onChange={(event) => onPattern(event.target.value)}
          onScroll={(event) => {
            if (behind.current !== null) {
              behind.current.scrollTop = event.currentTarget.scrollTop;
            }
          }}
        />
      </div>
      {explanation === undefined ? null : (
        <p className="explanation" aria-live="polite">
          {explanation}
        </p>
      )}
      {isHelped ? (
        <PatternAssistant
          onClose={() => setHelped(false)}
          onPattern={(made) => {
            onPattern(pattern.trim() === "" ? made : `${pattern.trim()} OR ${made}`);
            setHelped(false);
            input.current?.focus();
          }}
        />
      ) : (
        <Button
          className="addRow"
          size="small"
          icon={<WandRegular />}
          onClick={() => setHelped(true)}
        >
          Write it from values
        </Button>
      )}
    </div>
  );
}

/** What a pattern says in words; undefined for one that can't be read. */
function explanationOf(text: string): string | undefined {
  if (text.trim() === "") {
    return undefined;
  }
  const result = parsePattern(text);
  return result.ok ? explainPattern(result.pattern) : undefined;
}
