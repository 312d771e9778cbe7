/** A pattern, coloured and explained, with the values that it pins. */
import { Subtitle2 } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import { useWorkspace } from "../shell/session.tsx";
import { CopyButton } from "./copy-button.tsx";
import { useShown } from "./defang.ts";

/** Pieces of a pattern: texts, names of things, words of the language, numbers. */
const PIECES =
  /('(?:[^'\\]|\\.)*')|\b(AND|OR|NOT|FOLLOWEDBY|WITHIN|REPEATS|TIMES|SECONDS|START|STOP|IN|LIKE|MATCHES|ISSUBSET|ISSUPERSET|EXISTS)\b|([a-z][a-z0-9-]*:[\w.'[\]*-]+)|(\d+)/g;

const CLASSES = ["", "patternText", "patternWord", "patternPath", "patternNumber"];

/** The pieces of a pattern, each in its colour. */
export function PatternPieces({ pattern }: { readonly pattern: string }): ReactNode {
  return piecesOf(pattern).map(({ at, text, kind }) => (
    <span key={at} className={CLASSES[kind]}>
      {text}
    </span>
  ));
}

/** The pattern with what it means; each value leads to whatever else has it. */
export function PatternText({
  pattern,
  observables,
}: {
  readonly pattern: string;
  readonly observables: readonly { readonly key: string; readonly value: string }[];
}): ReactNode {
  const { workspaceId } = useWorkspace();
  const shown = useShown();
  return (
    <section className="stack tight" aria-label="Pattern">
      <span className="inline">
        <Subtitle2 as="h3">Pattern</Subtitle2>
        <CopyButton text={pattern} what="the pattern" />
      </span>
      <code className="pattern">
        <PatternPieces pattern={shown(pattern)} />
      </code>
      <Suspense fallback={null}>
        <Explanation pattern={pattern} />
      </Suspense>
      {observables.length === 0 ? null : (
        <ul className="observables" aria-label="Values that the pattern pins">
          {observables.slice(0, OBSERVABLES_SHOWN_MAX).map(({ key, value }) => (
            <li key={`${key} ${value}`}>
              <span className="mono">{key}</span>{" "}
              <span className="mono strong">{shown(value)}</span>
              <span className="inline">
                <CopyButton text={value} what="the value" isValue />
                <Link
                  to="/w/$workspaceId/intelligence"
                  params={{ workspaceId }}
                  search={{ where: JSON.stringify({ kind: "observable", value, key }) }}
                  aria-label={`Find others with ${shown(value)}`}
                >
                  Find others
                </Link>
              </span>
            </li>
          ))}
        </ul>
      )}
      {observables.length > OBSERVABLES_SHOWN_MAX ? (
        <span className="hint">
          and {(observables.length - OBSERVABLES_SHOWN_MAX).toLocaleString("en")} more values
        </span>
      ) : null}
    </section>
  );
}

/** Values of one pattern that are listed; the JSON has them all. */
const OBSERVABLES_SHOWN_MAX = 50;

/** The parser comes along when there is a pattern to explain. */
const Explanation = lazy(() =>
  import("./pattern-explanation.tsx").then(({ PatternExplanation }) => ({
    default: PatternExplanation,
  })),
);

interface Piece {
  readonly at: number;
  readonly text: string;
  readonly kind: number;
}

function piecesOf(pattern: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of pattern.matchAll(PIECES)) {
    if (match.index > end) {
      pieces.push({ at: end, text: pattern.slice(end, match.index), kind: 0 });
    }
    const kind = match.findIndex((group, place) => place > 0 && group !== undefined);
    pieces.push({ at: match.index, text: match[0], kind });
    end = match.index + match[0].length;
  }
  return end < pattern.length
    ? [...pieces, { at: end, text: pattern.slice(end), kind: 0 }]
    : pieces;
}
