/**
 * Language tags by the grammar of RFC 5646 §2.1, read subtag by subtag:
 *
 *   tag       = langtag / privateuse / grandfathered
 *   langtag   = language ["-" script] ["-" region] *("-" variant) *("-" extension) ["-" privateuse]
 *   language  = 2*3ALPHA *3("-" 3ALPHA) / 4ALPHA / 5*8ALPHA
 *   script    = 4ALPHA        region  = 2ALPHA / 3DIGIT
 *   variant   = 5*8alphanum / (DIGIT 3alphanum)
 *   extension = singleton 1*("-" 2*8alphanum)      privateuse = "x" 1*("-" 1*8alphanum)
 */

/** Longest tag that is looked at; real ones have at most a few dozen characters. */
const TAG_LENGTH_MAX = 255;
const SUBTAG_LENGTH_MAX = 8;
const EXTLANGS_MAX = 3;

/** Tags of RFC 5646 that do not follow its grammar, or not with the meaning of their parts. */
const GRANDFATHERED: ReadonlySet<string> = new Set(
  (
    "en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao " +
    "i-tay i-tsu sgn-be-fr sgn-be-nl sgn-ch-de art-lojban cel-gaulish no-bok no-nyn zh-guoyu " +
    "zh-hakka zh-min zh-min-nan zh-xiang"
  ).split(" "),
);

/** A well-formed tag in its parts, all in lower case. */
export interface LanguageTag {
  /** Empty for tags of private use and grandfathered ones. */
  readonly language: string;
  readonly extlangs: readonly string[];
  readonly script: string | undefined;
  readonly region: string | undefined;
  readonly variants: readonly string[];
}

const WITHOUT_PARTS: LanguageTag = {
  language: "",
  extlangs: [],
  script: undefined,
  region: undefined,
  variants: [],
};

/** Reads a language tag; undefined where it is not well-formed. @see RFC 5646 §2.1 */
export function readLanguageTag(text: string): LanguageTag | undefined {
  if (text.length > TAG_LENGTH_MAX) {
    return undefined;
  }
  const tag = text.toLowerCase();
  // Most tags are a language and nothing else.
  if ((tag.length === 2 || tag.length === 3) && isAlpha(tag)) {
    return { ...WITHOUT_PARTS, language: tag };
  }
  if (GRANDFATHERED.has(tag)) {
    return WITHOUT_PARTS;
  }
  const subtags = tag.split("-");
  if (!subtags.every(isSubtag)) {
    return undefined;
  }
  if (subtags[0] === "x") {
    return subtags.length > 1 ? WITHOUT_PARTS : undefined;
  }
  return readParts(subtags);
}

function readParts(subtags: readonly string[]): LanguageTag | undefined {
  const language = subtags[0] ?? "";
  if (!isAlpha(language) || language.length < 2) {
    return undefined;
  }
  let at = 1;
  const takeWhile = (test: (part: string) => boolean, max: number): string[] => {
    const taken: string[] = [];
    for (; at < subtags.length && taken.length < max; at += 1) {
      const part = subtags[at] ?? "";
      if (!test(part)) {
        break;
      }
      taken.push(part);
    }
    return taken;
  };
  const extlangs = language.length > 3 ? [] : takeWhile(isExtlang, EXTLANGS_MAX);
  const [script] = takeWhile(isScript, 1);
  const [region] = takeWhile(isRegion, 1);
  const variants = takeWhile(isVariant, subtags.length);
  const hasTwins = new Set(variants).size < variants.length;
  if (hasTwins || !isTail(subtags.slice(at))) {
    return undefined;
  }
  return { language, extlangs, script, region, variants };
}

/** Extensions, each with its own singleton, then perhaps private use. */
function isTail(subtags: readonly string[]): boolean {
  const singletons = new Set<string>();
  let at = 0;
  while (at < subtags.length) {
    const singleton = subtags[at] ?? "";
    if (singleton.length !== 1 || singletons.has(singleton)) {
      return false;
    }
    if (singleton === "x") {
      return at + 1 < subtags.length;
    }
    singletons.add(singleton);
    const first = at + 1;
    at = first;
    while (at < subtags.length && (subtags[at] ?? "").length > 1) {
      at += 1;
    }
    if (at === first) {
      return false;
    }
  }
  return true;
}

function isSubtag(part: string): boolean {
  return part.length >= 1 && part.length <= SUBTAG_LENGTH_MAX && isAlphanumeric(part);
}

function isExtlang(part: string): boolean {
  return part.length === 3 && isAlpha(part);
}

function isScript(part: string): boolean {
  return part.length === 4 && isAlpha(part);
}

function isRegion(part: string): boolean {
  return part.length === 2 ? isAlpha(part) : part.length === 3 && isDigits(part);
}

function isVariant(part: string): boolean {
  return part.length >= 5 || (part.length === 4 && isDigits(part.slice(0, 1)));
}

function isAlpha(part: string): boolean {
  return everyCode(part, (code) => code >= 97 && code <= 122);
}

function isDigits(part: string): boolean {
  return everyCode(part, (code) => code >= 48 && code <= 57);
}

function isAlphanumeric(part: string): boolean {
  return everyCode(part, (code) => (code >= 97 && code <= 122) || (code >= 48 && code <= 57));
}

function everyCode(part: string, test: (code: number) => boolean): boolean {
  for (let at = 0; at < part.length; at += 1) {
    if (!test(part.charCodeAt(at))) {
      return false;
    }
  }
  return part !== "";
}
