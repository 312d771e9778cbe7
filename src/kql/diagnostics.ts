/** Which findings of the official binder are not held against a query, since the service itself accepts it. */
import type { Analysis, Diagnostic, SyntaxNode } from "./official.ts";
import type { TextSpan } from "./types.ts";

/** `count(x)` has an overload that the binder does not know: it counts the rows like `count()`. */
const COUNT_CALL = /\bcount\s*\(\s*$/;

/**
 * The binder takes the bare values of `search` for conditions: it wants a bool (KS107) or finds no operator for their
 * types (KS106).
 */
const SEARCH_CODES: ReadonlySet<string> = new Set(["KS106", "KS107"]);

/** A function of arrays answers null for a bag; the binder, when it knows the value, wants an array. */
const ARRAY_WANTED = "KS234";

/** The findings that make a query wrong. */
export function faultsOf({ root, diagnostics }: Analysis, text: string): readonly Diagnostic[] {
  const errors = diagnostics.filter(({ severity }) => severity === "Error");
  if (errors.length === 0) {
    return errors;
  }
  const searches = searchConditions(root);
  return errors.filter(
    ({ code, span }) =>
      !(code === "KS107" && COUNT_CALL.test(text.slice(0, span.start))) &&
      !(SEARCH_CODES.has(code) && searches.some((search) => contains(search, span))) &&
      code !== ARRAY_WANTED,
  );
}

function contains(outer: TextSpan, inner: TextSpan): boolean {
  return outer.start <= inner.start && inner.start + inner.length <= outer.start + outer.length;
}

/** Where the conditions of `search` stand. Only texts with findings are walked. */
function searchConditions(root: SyntaxNode): readonly TextSpan[] {
  const found: TextSpan[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "SearchOperator") {
      found.push(node.child("Condition")?.span ?? node.span);
    } else {
      open.push(...node.list());
    }
  }
  return found;
}
