/** Copies a text to the clipboard. */
import { Button } from "@fluentui/react-components";
import { CopyRegular } from "@fluentui/react-icons";
import { type ReactNode, useState } from "react";

/** Copies a text; says that it did. */
export function CopyButton({
  text,
  what,
}: {
  readonly text: string;
  readonly what: string;
}): ReactNode {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), 1_500);
  };
  return (
    <Button
      size="small"
      appearance="transparent"
      icon={<CopyRegular />}
      aria-label={`Copy ${what}`}
      onClick={() => {
        void copy();
      }}
    >
      {done ? "Copied" : null}
    </Button>
  );
}
