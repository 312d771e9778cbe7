/** A pattern, coloured, with the values that it pins. */
import { Subtitle2 } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

/** Pieces of a pattern: texts, names of things, words of the language, numbers. */
const PIECES =
  /('(?:[^'\\]|\\.)*')|\b(AND|OR|NOT|FOLLOWEDBY|WITHIN|REPEATS|TIMES|SECONDS|START|STOP|IN|LIKE|MATCHES|ISSUBSET|ISSUPERSET|EXISTS)\b|([a-z][a-z0-9-]*:[\w.'[\]*-]+)|(\d+)/g;

const CLASSES = ["", "patternText", "patternWord", "patternPath", "patternNumber"];

/** The pattern. */
export function PatternText({
  pattern,
  observables,
}: {
  readonly pattern: string;
  readonly observables: readonly { readonly key: string; readonly value: string }[];
}): ReactNode {
  return (
    <div>
      <Subtitle2 as="h3">Pattern</Subtitle2>
      <code className="pattern">
        {piecesOf(pattern).map(({ at, text, kind }) => (
          <span key={at} className={CLASSES[kind]}>
            {text}
          </span>
        ))}
      </code>
      <CopyButton text={pattern} what="the pattern" />
      {observables.length === 0 ? null : (
        <ul className="observables" aria-label="Values that the pattern pins">
          {observables.map(({ key, value }) => (
            <li key={`${key} ${value}`}>
              <span className="mono">{key}</span> <span className="mono strong">{value}</span>
              <CopyButton text={value} what="the value" />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

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
