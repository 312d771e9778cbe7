/**
 * Prints findings as SARIF 2.1.0, the form that code hosts and editors show beside the source. Written as it
 * is found, so that a large report needs no memory.
 *
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */

import { RULES, type RuleFacts } from "../stix/index.ts";
import { type LintRules, sourceOf } from "./lint-check.ts";
import type { LintFinding } from "./lint-files.ts";
import type { InputFault, Reporter } from "./lint-report.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const STIX_21 = "https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html";

/** A rule that the table of STIX rules does not have. */
const JSON_SYNTAX = {
  id: "json.syntax",
  shortDescription: { text: "The text is JSON." },
  help: {
    text: "The text is JSON in UTF-8 (RFC 8259). Nothing else can be said of a text that is not.",
  },
  helpUri: "https://www.rfc-editor.org/rfc/rfc8259",
  defaultConfiguration: { level: "error" },
};

const RULE_IDS: readonly string[] = [JSON_SYNTAX.id, ...Object.keys(RULES)];

/** A reporter that writes a SARIF log with one run. */
export function createSarifReporter(rules: LintRules, version: string): Reporter {
  let count = 0;
  const driver = {
    name: "stixgate lint",
    version,
    rules: [
      JSON_SYNTAX,
      ...Object.entries(RULES).map(([id, facts]) => descriptorOf(id, facts, rules)),
    ],
  };
  return {
    begin: () =>
      `{"$schema":"${SCHEMA}","version":"2.1.0","runs":[{"tool":${JSON.stringify({ driver })},` +
      `"columnKind":"unicodeCodePoints","results":[`,
    finding(finding) {
      count += 1;
      return `${count === 1 ? "" : ","}\n${JSON.stringify(resultOf(finding))}`;
    },
    end({ tally, faults }) {
      const invocation = {
        executionSuccessful: tally.unreadable === 0,
        toolExecutionNotifications: faults.map(notificationOf),
      };
      return `],"invocations":[${JSON.stringify(invocation)}]}]}\n`;
    },
  };
}

function descriptorOf(
  id: string,
  facts: RuleFacts,
  { profile }: LintRules,
): Readonly<Record<string, unknown>> {
  const severity = profile === "sentinel" ? facts.sentinel : facts.strict21;
  const source = sourceOf(id);
  const help = `${facts.meaning} See ${source}.`;
  return {
    id,
    shortDescription: { text: facts.meaning },
    help: { text: help, markdown: help.replaceAll("*", "\\*").replaceAll("_", "\\_") },
    ...(source.startsWith("STIX") ? { helpUri: STIX_21 } : {}),
    defaultConfiguration:
      severity === "off" ? { enabled: false, level: "none" } : { level: severity },
    properties: { section: facts.section },
  };
}

function resultOf(finding: LintFinding): Readonly<Record<string, unknown>> {
  const { line, column, endLine, endColumn, rule, path, pointer } = finding;
  const ruleIndex = RULE_IDS.indexOf(rule);
  const text = path === "" ? `${finding.message}.` : `${path}: ${finding.message}.`;
  return {
    ruleId: rule,
    ...(ruleIndex < 0 ? {} : { ruleIndex }),
    level: finding.severity,
    message: { text },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(finding.file) },
          region: { startLine: line, startColumn: column, endLine, endColumn },
        },
        logicalLocations: [{ fullyQualifiedName: pointer, kind: "property" }],
      },
    ],
    ...(finding.objectId === null ? {} : { properties: { objectId: finding.objectId } }),
  };
}

/** A path as a URI reference, relative where the path is. */
function uriOf(file: string): string {
  const encoded = file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
  return file.startsWith("/") ? `file://${encoded}` : encoded;
}

function notificationOf({ file, message }: InputFault): Readonly<Record<string, unknown>> {
  return {
    level: "error",
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) } } }],
  };
}
