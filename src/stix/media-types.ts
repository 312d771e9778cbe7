/** Media types: what is one at all, and which of them IANA registered. RFC 6838. */

import { MEDIA_SUBTYPES } from "./registered-names.ts";

/** Top-level types of the IANA registry. */
const TOP_LEVEL: ReadonlySet<string> = new Set(
  "application audio example font haptics image message model multipart text video".split(" "),
);

/** Whether a text is a top-level type that IANA registered, a slash, and more. */
export function isMediaType(text: string): boolean {
  const slash = text.indexOf("/");
  return slash < text.length - 1 && TOP_LEVEL.has(text.slice(0, slash).toLowerCase());
}

/** Trees in which anybody registers names: which of them exist today, no list here can say. */
const OPEN_TREES: readonly string[] = ["vnd.", "prs."];

/** Top-level types whose subtypes are not listed: all of `example`, and the young `haptics`. */
const UNLISTED: ReadonlySet<string> = new Set(["example", "haptics"]);

let subtypes: ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** Made when first asked for. */
function registry(): ReadonlyMap<string, ReadonlySet<string>> {
  subtypes ??= new Map(
    Object.entries(MEDIA_SUBTYPES).map(([type, names]) => [
      type,
      new Set(names.trim().split(/\s+/)),
    ]),
  );
  return subtypes;
}

/** Whether a media type is registered, as far as the list knows; parameters behind a semicolon are free. */
export function isRegisteredMediaType(text: string): boolean {
  const [name = ""] = text.toLowerCase().split(";", 1);
  const slash = name.indexOf("/");
  const type = name.slice(0, slash);
  const subtype = name.slice(slash + 1).trim();
  return (
    UNLISTED.has(type) ||
    OPEN_TREES.some((tree) => subtype.startsWith(tree)) ||
    (registry().get(type)?.has(subtype) ?? false)
  );
}
