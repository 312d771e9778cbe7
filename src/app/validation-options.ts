/** How the settings become the validation options of each generation. */

import type { ValidationOptions } from "../stix/index.ts";
import { GENERATIONS, type Generation } from "../wire/index.ts";
import type { Settings } from "./settings-table.ts";

/** Validation options of uploads, by generation. */
export function validationOptions(
  settings: Settings,
): Readonly<Record<Generation, ValidationOptions>> {
  const of = (generation: Generation): ValidationOptions => {
    const { onlyType } = GENERATIONS[generation];
    return {
      profile: "sentinel",
      defaultSpecVersion: settings[`upload.defaultSpecVersion.${generation}`],
      patternTypeOn20: settings["upload.patternTypeOn20"],
      timestamps: settings["upload.timestamps"],
      supportedTypes: settings["upload.supportedTypes"],
      coerceNumericStrings: settings["upload.coerceNumericStrings"],
      tlpGreenAlias: settings["upload.tlpGreenAlias"],
      severity: settings["upload.severity"],
      ...(onlyType === undefined ? {} : { onlyType }),
    };
  };
  return { v1: of("v1"), v2: of("v2"), v3: of("v3") };
}
