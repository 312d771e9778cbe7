/** Which objects a command means: words, a condition as JSON, and options for what is asked for most. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { SearchCondition } from "../store/index.ts";
import { AppError } from "../wire/index.ts";

/** Options that choose objects; all that are given must hold. */
export interface FilterOptions {
  readonly type?: readonly string[];
  readonly source?: readonly string[];
  readonly label?: readonly string[];
  readonly tlp?: readonly string[];
  readonly confidence?: { readonly from?: number; readonly to?: number };
  readonly active?: boolean;
}

const CONFIDENCE_MAX = 100;

/** Adds them. */
export function addFilterOptions(command: Command): Command {
  const options = [
    new Option("--type <type>", "STIX type; may be repeated: one of them").argParser(collect),
    new Option("--source <name>", "source system; may be repeated: one of them").argParser(collect),
    new Option("--label <label>", "label; may be repeated: one of them").argParser(collect),
    new Option("--tlp <level>", "white, green, amber, amber+strict, red or none").argParser(
      collectTlp,
    ),
    new Option("--confidence <range>", "a number, or a range: 50-80, 50- or -80").argParser(
      confidenceRange,
    ),
    new Option("--active", "only what is valid now and not revoked"),
  ];
  for (const option of options) {
    command.addOption(option.helpGroup("Which objects:"));
  }
  return command;
}

/**
 * The condition of options and a text, which is JSON when it begins with a brace and otherwise words.
 * @param field the option or argument that the text came from
 * @returns undefined when nothing was asked for
 * @throws AppError `invalid_request`
 */
export function conditionOf(
  options: FilterOptions,
  text: string | undefined,
  now: Date,
  field = "--where",
): SearchCondition | undefined {
  const { type, source, label, tlp, confidence, active } = options;
  const conditions: SearchCondition[] = [
    ...textCondition(text, field),
    ...(type === undefined ? [] : [{ kind: "type", anyOf: type } as const]),
    ...(source === undefined ? [] : [{ kind: "source", anyOf: source } as const]),
    ...(label === undefined ? [] : [{ kind: "label", anyOf: label } as const]),
    ...(tlp === undefined
      ? []
      : [{ kind: "tlp", anyOf: tlp.map((level) => (level === "none" ? null : level)) } as const]),
    ...(confidence === undefined ? [] : [{ kind: "confidence", ...confidence } as const]),
    ...(active === true ? [{ kind: "active", at: now.toISOString() } as const] : []),
  ];
  const [first, ...others] = conditions;
  return others.length === 0 ? first : { kind: "and", conditions };
}

function textCondition(text: string | undefined, field: string): SearchCondition[] {
  const given = text?.trim() ?? "";
  if (given === "") {
    return [];
  }
  if (!given.startsWith("{")) {
    return [{ kind: "text", words: given }];
  }
  try {
    return [JSON.parse(given) as SearchCondition];
  } catch (cause) {
    throw new AppError(
      "invalid_request",
      `${field} begins like JSON and is none: ${(cause as Error).message}`,
      { field, cause },
    );
  }
}

const TLP_LEVELS: readonly string[] = ["white", "green", "amber", "amber+strict", "red", "none"];

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

function collectTlp(value: string, earlier: readonly string[] = []): string[] {
  const level = value.toLowerCase() === "clear" ? "white" : value.toLowerCase();
  if (!TLP_LEVELS.includes(level)) {
    throw new InvalidArgumentError(`It must be one of ${TLP_LEVELS.join(", ")}.`);
  }
  return [...earlier, level];
}

/** `50`, `50-80`, `50-` or `-80`. */
function confidenceRange(text: string): { from?: number; to?: number } {
  const [, low = "", dash = "", high = ""] = /^(\d{0,3})(-?)(\d{0,3})$/.exec(text) ?? [];
  const end = dash === "" ? low : high;
  const numbers = [low, end].filter((each) => each !== "").map(Number);
  if (numbers.length === 0 || numbers.some((each) => each > CONFIDENCE_MAX)) {
    throw new InvalidArgumentError(
      `It must be a number from 0 to ${CONFIDENCE_MAX}, or a range such as 50-80, 50- or -80.`,
    );
  }
  return {
    ...(low === "" ? {} : { from: Number(low) }),
    ...(end === "" ? {} : { to: Number(end) }),
  };
}
