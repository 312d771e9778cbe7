/** Validation as uploads have it when no setting says otherwise. */
import type { ValidationOptions } from "../../src/stix/index.ts";

export const UPLOAD_VALIDATION: ValidationOptions = {
  profile: "sentinel",
  defaultSpecVersion: "2.1",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "stix",
  coerceNumericStrings: false,
  tlpGreenAlias: true,
  severity: {},
};
