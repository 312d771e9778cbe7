/** Tags as chips: a tag has the same colour wherever it stands, and is read by its words. */
import type { CSSProperties, ReactNode } from "react";

const DEGREES = 360;
/** Neighbouring hashes get hues that are far from each other. */
const GOLDEN_ANGLE = 137.508;

/** Chips that fit into a line of the list; of more, the number is said. */
const CHIPS_MAX = 3;

/** A tag. */
function TagChip({ tag }: { readonly tag: string }): ReactNode {
  return (
    <span className="tag" style={{ "--hue": hueOf(tag) } as CSSProperties} title={tag}>
      {tag}
    </span>
  );
}

/** Tags in a line. */
export function TagLine({ tags }: { readonly tags: readonly string[] }): ReactNode {
  const more = tags.length - CHIPS_MAX;
  return (
    <span className="tagLine">
      {tags.slice(0, CHIPS_MAX).map((tag) => (
        <TagChip key={tag} tag={tag} />
      ))}
      {more > 0 ? (
        <span className="tagMore" title={tags.slice(CHIPS_MAX).join(", ")}>
          +{more}
        </span>
      ) : null}
    </span>
  );
}

/** A hue in degrees. */
function hueOf(tag: string): number {
  let hash = 0;
  for (const letter of tag) {
    hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  }
  return Math.round(hash * GOLDEN_ANGLE) % DEGREES;
}
