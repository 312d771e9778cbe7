/** Copies a text to the clipboard. */
import { Button } from "@fluentui/react-components";
import { CopyRegular } from "@fluentui/react-icons";
import { type ReactNode, useState } from "react";
import { useShown } from "./defang.ts";

/** Copies a text; says that it did. */
export function CopyButton({
  text,
  what,
  isValue = false,
}: {
  readonly text: string;
  readonly what: string;
  /** It is copied as it is shown: disarmed, where the display menu says so. What programs read is not. */
  readonly isValue?: boolean;
}): ReactNode {
  const [done, setDone] = useState(false);
  const shown = useShown();
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(isValue ? shown(text) : text);
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
