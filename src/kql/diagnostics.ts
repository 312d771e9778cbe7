/** Which findings of the official binder are not held against a query, since the service itself accepts it. */
import type { Diagnostic } from "./official.ts";

/** `count(x)` has an overload that the binder does not know: it counts the rows like `count()`. */
const COUNT_CALL = /\bcount\s*\(\s*$/;

/** True for a false alarm. */
export function toleratedDiagnostic({ code, span }: Diagnostic, text: string): boolean {
  return code === "KS107" && COUNT_CALL.test(text.slice(0, span.start));
}
