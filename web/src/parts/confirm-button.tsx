/** A button for what can't be undone: it asks once more, in its own place. */
import { Button } from "@fluentui/react-components";
import { type ReactNode, useEffect, useRef, useState } from "react";

/** The button. */
export function ConfirmButton({
  label,
  question,
  onConfirm,
  disabled = false,
  word = label.split(" ", 1)[0],
}: {
  /** Says what it is done to, too, since several stand in a list. */
  readonly label: string;
  readonly question: string;
  readonly onConfirm: () => void;
  readonly disabled?: boolean;
  /** What stands on the button; the first word of the label when left out. */
  readonly word?: string | undefined;
}): ReactNode {
  const [asked, setAsked] = useState(false);
  const group = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (asked) {
      group.current?.querySelector("button")?.focus();
    }
  }, [asked]);
  if (!asked) {
    return (
      <Button size="small" disabled={disabled} aria-label={label} onClick={() => setAsked(true)}>
        {word}
      </Button>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't stand among words.
    <span className="inline" role="group" aria-label={question} ref={group}>
      <span>{question}</span>
      <Button
        size="small"
        appearance="primary"
        aria-label={`${label}: yes`}
        onClick={() => {
          setAsked(false);
          onConfirm();
        }}
      >
        {word}
      </Button>
      <Button size="small" onClick={() => setAsked(false)}>
        Keep
      </Button>
    </span>
  );
}
