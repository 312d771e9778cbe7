/** Lines to paste, with a button that copies them. */
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

/** The lines. */
export function CodeBlock({
  title,
  text,
}: {
  readonly title: string;
  readonly text: string;
}): ReactNode {
  return (
    <div className="stack tight">
      <div className="panelHead">
        <h3>{title}</h3>
        <CopyButton text={text} what={title} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys. */}
      <section className="code" aria-label={title} tabIndex={0}>
        {text}
      </section>
    </div>
  );
}
