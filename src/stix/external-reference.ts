/** Rules of external references that no table expresses. STIX 2.1 §2.5, §4.1, §4.19. */

import { isObject, isOn, type JsonObject, report, type Walk } from "./walk.ts";

const CAPEC = /^CAPEC-\d{1,10}$/;
const CVE = /^CVE-\d{4}-(?:0\d{3}|[1-9]\d{3,18})$/;

/** Id schemes: how their ids look, and the source and the type of object that they belong to. */
const SCHEMES = [
  { prefix: "CVE-", source: "cve", form: CVE, type: "vulnerability", example: "CVE-YYYY-NNNN" },
  { prefix: "CAPEC-", source: "capec", form: CAPEC, type: "attack-pattern", example: "CAPEC-NNN" },
] as const;

export function checkExternalReference(reference: JsonObject, walk: Walk): void {
  const hasContent = ["description", "url", "external_id"].some(
    (name) => reference[name] !== undefined && reference[name] !== null,
  );
  if (!hasContent) {
    const reason = "At least one of description, url, external_id must be present";
    report(walk, "extref.fields", undefined, { reason });
  }
  checkId(reference, walk);
  if (isOn(walk, "extref.hashes") && reference["url"] !== undefined) {
    const hashes = reference["hashes"];
    if (!isObject(hashes) || hashes["SHA-256"] === undefined) {
      const reason = "url should be accompanied by hashes with SHA-256";
      report(walk, "extref.hashes", "hashes", { reason });
    }
  }
}

/** A CVE or CAPEC id goes with its source name, and the other way round. */
function checkId(reference: JsonObject, walk: Walk): void {
  const source = reference["source_name"];
  const id = reference["external_id"];
  for (const scheme of SCHEMES) {
    const isNamed = source === scheme.source;
    const looksLikeId = typeof id === "string" && id.toUpperCase().startsWith(scheme.prefix);
    if (!isNamed && !looksLikeId) {
      continue;
    }
    const fits = typeof id === "string" && scheme.form.test(id);
    const rule = walk.root["type"] === scheme.type ? "extref.id" : "extref.idElsewhere";
    if (!isNamed) {
      const reason = `The source_name of this external_id is ${scheme.source}`;
      report(walk, rule, "source_name", { reason, value: source });
    } else if (!fits) {
      const reason = `Expected an id of the form ${scheme.example}`;
      report(walk, rule, "external_id", { reason, value: id });
    }
  }
}
