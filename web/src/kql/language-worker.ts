/**
 * The worker of the query language. It's a classic one: the official package is two scripts that put globals in place,
 * and 5 MB that only a page with an editor should load.
 */
import bridgeUrl from "@kusto/language-service-next/bridge.min.js?url";
import serviceUrl from "@kusto/language-service-next/Kusto.Language.Bridge.min.js?url";
import { createLanguage, type Language } from "./kusto.ts";
import type { Answered, Asked, Diagnostic, Questions } from "./language-messages.ts";
import { isAnswered, type RefusedWords, refusals, refusedBy } from "./refused-words.ts";
import { statementAt, statementsOf } from "./statements.ts";

/** The part of a worker's scope that is used here; the page is compiled for documents. */
interface WorkerScope {
  readonly importScripts: (...urls: string[]) => void;
  readonly postMessage: (message: Answered) => void;
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
}

const scope = globalThis as unknown as WorkerScope;

scope.importScripts(bridgeUrl, serviceUrl);
// Without a catalogue every table would be unknown.
let known: Language | undefined;
let refused: RefusedWords | undefined;
const fresh: Language = createLanguage({ tables: [], functions: [] });

type Answers = {
  readonly [name in keyof Questions]: (ask: Questions[name]["ask"]) => Questions[name]["answer"];
};

const ANSWERS: Answers = {
  catalogue({ catalogue }) {
    known = createLanguage(catalogue);
    const own = catalogue.functions.map(({ name }) => name);
    refused = refusedBy(catalogue.vocabulary, known.builtIns, own);
    return null;
  },
  analyse({ text }) {
    const language = known ?? fresh;
    const parts = statementsOf(text).map(({ start, length }) => {
      const query = text.slice(start, start + length);
      const moved = <T extends { readonly start: number }>(found: T): T => ({
        ...found,
        start: found.start + start,
      });
      const words = language.words(query);
      const found =
        known === undefined || refused === undefined
          ? []
          : [
              ...refusals(query, words, refused),
              ...withoutAccepted(language.diagnostics(query), query),
            ];
      return { diagnostics: found.map(moved), words: words.map(moved) };
    });
    return {
      diagnostics: parts.flatMap(({ diagnostics }) => diagnostics),
      words: parts.flatMap(({ words }) => words),
    };
  },
  complete({ text, at }) {
    const { start, query } = queryAround(text, at);
    const found = (known ?? fresh).complete(query, at - start);
    const words = refused;
    const items =
      words === undefined ? found.items : found.items.filter((item) => isAnswered(item, words));
    return { start: found.start + start, items };
  },
  hover({ text, at }) {
    const { start, query } = queryAround(text, at);
    return { lines: (known ?? fresh).hover(query, at - start) };
  },
  format: ({ text }) => ({ text: (known ?? fresh).format(text) }),
};

/** The query at a place together with the blanks that follow it, in which its next word is typed. */
function queryAround(text: string, at: number): { readonly start: number; readonly query: string } {
  const { start, length } = statementAt(text, at) ?? { start: at, length: 0 };
  return { start, query: text.slice(start, Math.max(start + length, at)) };
}

/** What the binder reports, and the service and this server accept all the same. */
function withoutAccepted(found: readonly Diagnostic[], query: string): readonly Diagnostic[] {
  const isSearch = /(?:^|[|(;\s])(?:search|find)\b/.test(query);
  return found.filter(
    ({ code, start }) =>
      code !== "KS234" &&
      !(isSearch && (code === "KS106" || code === "KS107")) &&
      !(code === "KS107" && /\bcount\s*\(\s*$/.test(query.slice(0, start))),
  );
}

scope.onmessage = ({ data: { number, name, ask } }) => {
  try {
    const answer = (ANSWERS[name] as (asked: typeof ask) => Answered["answer"])(ask);
    scope.postMessage({ number, answer: answer ?? null });
  } catch (thrown) {
    scope.postMessage({ number, error: thrown instanceof Error ? thrown.message : String(thrown) });
  }
};
