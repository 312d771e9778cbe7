/** The editor's knowledge of the language: colours, squiggles, suggestions and hints, all asked of the worker. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { type Diagnostic as EditorDiagnostic, linter } from "@codemirror/lint";
import {
  type Extension,
  RangeSetBuilder,
  StateEffect,
  type StateEffectType,
  StateField,
} from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, hoverTooltip } from "@codemirror/view";
import { languageClient } from "./language.ts";
import type { Classified, Diagnostic, Suggestion } from "./language-messages.ts";

/** How long typing pauses before the text is looked at. */
const LINT_PAUSE_MS = 250;

/** Asks for another look at a text that has not changed. */
export const lookAgain: StateEffectType<null> = StateEffect.define<null>();

const setWords = StateEffect.define<readonly Classified[]>();

/** Words with their colours; they move along with what is typed until the next look. */
const wordColours = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(old, transaction) {
    const found = transaction.effects.find((effect) => effect.is(setWords));
    if (found === undefined) {
      return old.map(transaction.changes);
    }
    const builder = new RangeSetBuilder<Decoration>();
    for (const { start, length, kind } of found.value as readonly Classified[]) {
      if (length > 0 && start + length <= transaction.newDoc.length) {
        builder.add(start, start + length, Decoration.mark({ class: `kql${kind}` }));
      }
    }
    return builder.finish();
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** @param serverFinds what the server said of this very text, which its own parser may say better */
export function kqlLanguage(serverFinds: (text: string) => readonly Diagnostic[]): Extension {
  return [
    wordColours,
    linter((view) => look(view, serverFinds), {
      delay: LINT_PAUSE_MS,
      needsRefresh: ({ transactions }) =>
        transactions.some(({ effects }) => effects.some((effect) => effect.is(lookAgain))),
    }),
    autocompletion({ override: [suggest], icons: false, maxRenderedOptions: 100 }),
    hoverTooltip(hint),
  ];
}

async function look(
  view: EditorView,
  serverFinds: (text: string) => readonly Diagnostic[],
): Promise<readonly EditorDiagnostic[]> {
  const text = view.state.doc.toString();
  const own = serverFinds(text);
  const { diagnostics, words } = await languageClient()
    .ask("analyse", { text })
    // Without the worker the server's own findings remain.
    .catch(() => ({ diagnostics: [], words: [] }));
  if (view.state.doc.toString() === text && words.length > 0) {
    view.dispatch({ effects: setWords.of(words) });
  }
  const said = new Set(own.map(({ start, code }) => `${start} ${code}`));
  return [...own, ...diagnostics.filter(({ start, code }) => !said.has(`${start} ${code}`))].map(
    ({ start, length, code, severity, message }) => ({
      ...squiggle(start, length, text.length),
      severity,
      message: `${message} (${code})`,
    }),
  );
}

/** An empty place is shown as the character before it. */
function squiggle(
  start: number,
  length: number,
  textLength: number,
): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.min(length === 0 ? start - 1 : start, textLength - 1));
  return { from, to: Math.min(textLength, Math.max(from + 1, start + length)) };
}

async function suggest(context: CompletionContext): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w-]+$/);
  const isAsked = context.explicit || word !== null || context.matchBefore(/[|.=(,]\s*$/) !== null;
  if (!isAsked) {
    return null;
  }
  const text = context.state.doc.toString();
  const answer = await languageClient()
    .ask("complete", { text, at: context.pos })
    .catch(() => null);
  if (context.aborted || answer === null || answer.items.length === 0) {
    return null;
  }
  return {
    from: answer.start,
    options: answer.items.map((item, at) => optionOf(item, answer.items.length - at)),
    validFor: /^[\w-]*$/,
  };
}

/** The service has put the likely ones first; the boost keeps its order among equal matches. */
function optionOf({ label, match, kind, before, after }: Suggestion, rank: number): Completion {
  return {
    label: match,
    displayLabel: label,
    detail: KIND_WORDS[kind] ?? "",
    boost: Math.min(99, rank / 10),
    apply(view, _completion, from, to) {
      view.dispatch({
        changes: { from, to, insert: before + after },
        selection: { anchor: from + before.length },
        userEvent: "input.complete",
      });
    },
  };
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  AggregateFunction: "aggregate",
  BuiltInFunction: "function",
  Column: "column",
  DatabaseFunction: "saved function",
  LocalFunction: "function of the query",
  Parameter: "parameter",
  QueryPrefix: "operator",
  Table: "table",
  TabularPrefix: "operator",
  TabularSuffix: "operator",
  Variable: "name of the query",
};

async function hint(view: EditorView, pos: number): Promise<ReturnType<typeof tooltip> | null> {
  const text = view.state.doc.toString();
  const { lines } = await languageClient()
    .ask("hover", { text, at: pos })
    .catch(() => ({ lines: [] }));
  return lines.length === 0 ? null : tooltip(pos, lines);
}

function tooltip(pos: number, lines: readonly string[]) {
  return {
    pos,
    create() {
      const dom = document.createElement("div");
      dom.className = "kqlHint";
      for (const line of lines) {
        const part = document.createElement("div");
        part.textContent = line;
        dom.append(part);
      }
      return { dom };
    },
  };
}
