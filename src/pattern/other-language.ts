/**
 * A light look at patterns of other languages than STIX's: whether a text can be one of its language at all.
 * It reads no grammar, so its silence proves nothing; a remark means that an engine of that language would
 * certainly refuse the text. Linear in the text, and without regular expressions that could backtrack.
 */

/** Looks at a text and says what is wrong with it; undefined when nothing is plain to see. */
type Look = (text: string) => string | undefined;

const LOOKS: Readonly<Record<string, Look>> = {
  yara: lookAtYara,
  snort: lookAtSnort,
  suricata: lookAtSnort,
  sigma: lookAtSigma,
  pcre: lookAtPcre,
};

/**
 * Says why a text is no pattern of its language; undefined when it may be one, or the language is unknown.
 * @param language value of `pattern_type`, as in pattern-type-ov
 */
export function adviseOnPattern(language: string, text: string): string | undefined {
  return Object.hasOwn(LOOKS, language) ? LOOKS[language]?.(text) : undefined;
}

/** `rule NAME { … condition: … }`, any number of them, after imports and includes. */
function lookAtYara(text: string): string | undefined {
  if (!text.split(/\s+/).includes("rule")) {
    return "A YARA pattern has a rule";
  }
  if (!text.includes("condition:") && !text.includes("condition :")) {
    return "A YARA rule has a condition";
  }
  return text.includes("{") && text.trimEnd().endsWith("}")
    ? undefined
    : "A YARA rule stands in braces";
}

const SNORT_ACTIONS: ReadonlySet<string> = new Set(
  ["alert", "block", "config", "drop", "log", "pass", "react", "reject", "rejectboth"].concat([
    "rejectdst",
    "rejectsrc",
    "rewrite",
    "sdrop",
  ]),
);

/** `action … ( option; option; )`, one a line; lines that begin with # are comments. */
function lookAtSnort(text: string): string | undefined {
  const rules = text
    .replaceAll("\\\n", " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  for (const rule of rules) {
    const action = rule.split(/[\s(]/, 1)[0] ?? "";
    if (!SNORT_ACTIONS.has(action)) {
      return `A rule begins with an action such as alert, not with "${action.slice(0, 30)}"`;
    }
    if (!rule.includes("(") || !rule.endsWith(")")) {
      return "The options of a rule stand in parentheses at its end";
    }
    if (!rule.slice(0, -1).trimEnd().endsWith(";")) {
      return "Each option of a rule ends with a semicolon";
    }
  }
  return rules.length === 0 ? "There is no rule" : undefined;
}

/** A YAML mapping with `logsource` and `detection`, or the `correlation` of other rules. */
function lookAtSigma(text: string): string | undefined {
  const keys = new Set(text.split("\n").map((line) => line.split(":", 1)[0]?.trimEnd()));
  if (keys.has("correlation")) {
    return undefined;
  }
  const missing = ["logsource", "detection"].find((key) => !keys.has(key));
  return missing === undefined ? undefined : `A Sigma rule has ${missing}`;
}

const PARENTHESES: Readonly<Record<string, number>> = { "(": 1, ")": -1 };

/** Brackets that close, and no escape without a character. */
function lookAtPcre(text: string): string | undefined {
  let depth = 0;
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? "";
    depth += PARENTHESES[character] ?? 0;
    if (depth < 0) {
      return "A parenthesis closes that was never opened";
    }
    const end = pieceEnd(text, at);
    if (character === "[" && end > text.length) {
      return "A character class is not closed";
    }
    at = end;
  }
  if (at > text.length) {
    return "The expression ends inside an escape";
  }
  return depth > 0 ? "A group is not closed" : undefined;
}

/** Index behind a character class, an escape, or any other character. */
function pieceEnd(text: string, at: number): number {
  if (text[at] === "[") {
    return classEnd(text, at);
  }
  return text[at] === "\\" ? escapeEnd(text, at) : at + 1;
}

/** Index behind an escape; beyond the text when it lacks its character. `\Q` is literal up to `\E`. */
function escapeEnd(text: string, start: number): number {
  if (text[start + 1] !== "Q") {
    return start + 2;
  }
  const end = text.indexOf("\\E", start);
  return end < 0 ? text.length : end + 2;
}

/** Index behind a character class; beyond the text when it is not closed. */
function classEnd(text: string, start: number): number {
  // A closing bracket that stands first is a member of the class.
  let at = start + 1 + (text[start + 1] === "^" ? 1 : 0);
  at += text[at] === "]" ? 1 : 0;
  while (at < text.length && text[at] !== "]") {
    at = text[at] === "\\" ? escapeEnd(text, at) : at + 1;
  }
  return at >= text.length ? text.length + 1 : at + 1;
}
