/** Which subtags of language tags are registered with IANA. The sets are made when first asked for. */

import {
  EXTLANG_SUBTAGS,
  LANGUAGE_SUBTAGS,
  REGION_SUBTAGS,
  SCRIPT_SUBTAGS,
  VARIANT_SUBTAGS,
} from "./language-subtags.ts";
import type { LanguageTag } from "./language-tag.ts";

interface Registry {
  readonly languages: ReadonlySet<string>;
  readonly extlangs: ReadonlySet<string>;
  readonly scripts: ReadonlySet<string>;
  readonly regions: ReadonlySet<string>;
  readonly variants: ReadonlySet<string>;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

let cached: Registry | undefined;

function registry(): Registry {
  cached ??= {
    languages: words(LANGUAGE_SUBTAGS),
    extlangs: words(EXTLANG_SUBTAGS),
    scripts: words(SCRIPT_SUBTAGS),
    regions: words(REGION_SUBTAGS),
    variants: words(VARIANT_SUBTAGS),
  };
  return cached;
}

/** The first part of a well-formed tag that the registry does not know; undefined where it knows all. */
export function unregisteredPart(tag: LanguageTag): string | undefined {
  if (tag.language === "") {
    return undefined;
  }
  const { languages, extlangs, scripts, regions, variants } = registry();
  if (!languages.has(tag.language)) {
    return tag.language;
  }
  if (tag.script !== undefined && !scripts.has(tag.script)) {
    return tag.script;
  }
  if (tag.region !== undefined && !regions.has(tag.region)) {
    return tag.region;
  }
  return (
    tag.extlangs.find((part) => !extlangs.has(part)) ??
    tag.variants.find((part) => !variants.has(part))
  );
}
