/** The editor of queries: CodeMirror, which Tab leaves, so that the keyboard is not caught in it. */
import { acceptCompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { lintKeymap } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { kqlLanguage, lookAgain } from "./editor-language.ts";
import { languageClient } from "./language.ts";
import type { Diagnostic } from "./language-messages.ts";
import { statementAt } from "./statements.ts";

/** A query in the text, and where it stands. */
interface Chosen {
  readonly query: string;
  readonly start: number;
}

/** What the page does to the editor. */
export interface EditorHandle {
  /** The selection, or the query that the cursor is in; null when there is none. */
  readonly chosen: () => Chosen | null;
  /** Puts a text in place of the whole, or of a part. Can be taken back by Ctrl+Z. */
  readonly replace: (text: string, span?: { readonly from: number; readonly to: number }) => void;
  readonly insert: (text: string) => void;
  readonly format: () => void;
  readonly focus: () => void;
  /** Looks at the text again, since the language service has learned something. */
  readonly lookAgain: () => void;
  /** Shows what the server found, until the text changes. */
  readonly showFindings: (findings: readonly Diagnostic[]) => void;
}

/** The editor. */
export function KqlEditor({
  text,
  handle,
  onChange,
  onRun,
}: {
  /** Its first text. */
  readonly text: string;
  readonly handle: Ref<EditorHandle>;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
}): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const latest = useRef({ text, onChange, onRun });
  latest.current = { text, onChange, onRun };
  const findings = useRef<{ readonly text: string; readonly found: readonly Diagnostic[] }>({
    text: "",
    found: [],
  });
  useEffect(() => {
    const view = new EditorView({
      parent: place.current as HTMLDivElement,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": "Query", "aria-multiline": "true" }),
          placeholder("A table, then | and what to do with its rows. Ctrl+Space suggests."),
          kqlLanguage((now) => (findings.current.text === now ? findings.current.found : [])),
          Prec.highest(
            keymap.of([
              { key: "Shift-Enter", mac: "Shift-Enter", run: () => run(latest.current.onRun) },
              { key: "Mod-Enter", run: () => run(latest.current.onRun) },
              { key: "Shift-Alt-f", run: (each) => run(() => void format(each)) },
              { key: "Tab", run: acceptCompletion },
            ]),
          ),
          keymap.of([...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              latest.current.onChange(update.state.doc.toString());
            }
          }),
        ],
      }),
    });
    editor.current = view;
    return () => view.destroy();
  }, []);
  useImperativeHandle(handle, () => handleOf(editor, findings), []);
  return <div className="kqlEditor" ref={place} />;
}

function run(work: () => void): true {
  work();
  return true;
}

function handleOf(
  editor: { readonly current: EditorView | null },
  findings: { current: { readonly text: string; readonly found: readonly Diagnostic[] } },
): EditorHandle {
  const withView = (work: (view: EditorView) => void): void => {
    if (editor.current !== null) {
      work(editor.current);
    }
  };
  return {
    chosen: () => (editor.current === null ? null : chosenIn(editor.current.state)),
    replace: (text, span) =>
      withView((view) => {
        const { from, to } = span ?? { from: 0, to: view.state.doc.length };
        view.dispatch({
          changes: { from, to, insert: text },
          selection: { anchor: from + text.length },
          scrollIntoView: true,
        });
      }),
    insert: (text) =>
      withView((view) => {
        view.dispatch(view.state.replaceSelection(text));
        view.focus();
      }),
    format: () => withView((view) => void format(view)),
    focus: () => withView((view) => view.focus()),
    lookAgain: () => withView((view) => view.dispatch({ effects: lookAgain.of(null) })),
    showFindings: (found) =>
      withView((view) => {
        findings.current = { text: view.state.doc.toString(), found };
        view.dispatch({ effects: lookAgain.of(null) });
      }),
  };
}

function chosenIn(state: EditorState): Chosen | null {
  const { from, to, empty } = state.selection.main;
  const text = state.doc.toString();
  if (!empty && text.slice(from, to).trim() !== "") {
    return { query: text.slice(from, to), start: from };
  }
  const span = statementAt(text, from);
  return span === null
    ? null
    : { query: text.slice(span.start, span.start + span.length), start: span.start };
}

async function format(view: EditorView): Promise<void> {
  const chosen = chosenIn(view.state);
  if (chosen === null) {
    return;
  }
  const before = view.state.doc;
  const { text } = await languageClient().ask("format", { text: chosen.query });
  if (view.state.doc.eq(before)) {
    const { start, query } = chosen;
    view.dispatch({ changes: { from: start, to: start + query.length, insert: text } });
  }
}
