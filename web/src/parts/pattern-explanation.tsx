/** What a pattern looks for, in words. */
import type { ReactNode } from "react";
import { explainPattern, parsePattern } from "../../../src/pattern/index.ts";
import { useShown } from "./defang.ts";

/** The words; nothing for what is no STIX pattern. */
export function PatternExplanation({ pattern }: { readonly pattern: string }): ReactNode {
  const shown = useShown();
  const result = parsePattern(pattern);
  return result.ok ? <p className="explanation">{shown(explainPattern(result.pattern))}</p> : null;
}
