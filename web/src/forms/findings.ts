/** What is wrong with an object while it is being written, by the engine that judges uploads. */
import { OBJECT_TYPES, type Profile, validateObject } from "../../../src/stix/index.ts";
import type { Values } from "./model.ts";

/** Something that is wrong, and where. */
export interface FieldFinding {
  readonly path: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** Nothing was filled in yet. */
  readonly isMissing: boolean;
}

const optionsOf = (profile: Profile) =>
  ({
    profile,
    defaultSpecVersion: "2.1",
    patternTypeOn20: "optional",
    timestamps: "lenient",
    supportedTypes: "any",
    coerceNumericStrings: false,
    tlpGreenAlias: true,
    severity: {},
  }) as const;

/** What is made here follows the standard; what is there already may stay as the server takes it. */
const OPTIONS = { strict: optionsOf("strict"), sentinel: optionsOf("sentinel") };

/** Advice that a form gives by its own means, or that nobody can follow in it. */
const UNSAID: ReadonlySet<string> = new Set(["id.sco5", "lang.present", "granular.lang"]);

/**
 * Judges an object.
 * @param isNew held to the standard as a whole; otherwise what breaks it and may be stored is only a warning
 */
export function findingsOf(object: Values, isNew: boolean): readonly FieldFinding[] {
  const completed = withTimes(object);
  const strict = validateObject(completed, OPTIONS.strict).findings;
  const refused = isNew
    ? strict
    : validateObject(completed, OPTIONS.sentinel).findings.filter(
        ({ severity }) => severity === "error",
      );
  return strict
    .filter(({ rule, path }) => !UNSAID.has(rule) && path !== "id")
    .map(({ path, rule, severity, reason }) => ({
      path,
      severity:
        severity === "error" && refused.some((each) => each.rule === rule && each.path === path)
          ? "error"
          : "warning",
      message: `${reason}.`,
      isMissing: MISSING.test(reason),
    }));
}

/** Findings about what is not there yet, which nobody wants to read before having come to it. */
const MISSING = /is missing$|should (be present|have)/;

/** The server fills these in. */
function withTimes(object: Values): Values {
  const now = new Date().toISOString();
  const table = OBJECT_TYPES.get(String(object["type"]));
  const has = (name: string): boolean =>
    table?.category !== "sco" && table?.properties.some((each) => each.name === name) === true;
  return {
    ...(has("created") ? { created: now } : {}),
    ...(has("modified") ? { modified: now } : {}),
    ...object,
  };
}

/** What is wrong at a place, or below it; errors first. */
export function findingAt(
  findings: readonly FieldFinding[],
  path: string,
  below = true,
): FieldFinding | undefined {
  const own = findings.filter(
    (each) =>
      each.path === path ||
      (below && (each.path.startsWith(`${path}[`) || each.path.startsWith(`${path}.`))),
  );
  return own.find(({ severity }) => severity === "error") ?? own[0];
}
