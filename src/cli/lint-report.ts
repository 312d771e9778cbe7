/** How `stixgate lint` prints findings: for people, and as one JSON object. SARIF has a file of its own. */

import { styleText } from "node:util";
import type { LintRules } from "./lint-check.ts";
import type { LintFinding } from "./lint-files.ts";
import { summaryOf, type Tally } from "./lint-tally.ts";
import { harmless } from "./text-positions.ts";

/** An input that could not be read. */
export interface InputFault {
  readonly file: string;
  readonly message: string;
}

/** The end of a run. */
interface RunEnd {
  readonly tally: Tally;
  readonly faults: readonly InputFault[];
}

/** Makes the pieces of a report in the order in which they are written. */
export interface Reporter {
  begin(): string;
  finding(finding: LintFinding): string;
  end(end: RunEnd): string;
}

/** A reporter for people; colours where the stream shows them. */
export function createHumanReporter(stream: NodeJS.WritableStream): Reporter {
  const styled = (style: "red" | "yellow" | "bold" | "dim", text: string): string =>
    styleText(style, text, { stream });
  return {
    begin: () => "",
    finding(finding) {
      const { file, line, column, severity, rule, message, source, path, objectId } = finding;
      const colour = severity === "error" ? "red" : "yellow";
      const place = styled("bold", `${harmless(file)}:${line}:${column}:`);
      const where = [path, objectId ?? ""].filter((each) => each !== "").map(harmless);
      const about = [...where, source].filter((each) => each !== "").join(" · ");
      const gutter = `  ${line} | `;
      const blank = `${" ".repeat(gutter.length - 2)}| `;
      const lines = [
        `${place} ${styled(colour, severity)} ${rule}: ${harmless(message)}`,
        ...(about === "" ? [] : [styled("dim", `  ${about}`)]),
        ...(finding.excerpt.text === ""
          ? []
          : [
              `${gutter}${finding.excerpt.text}`,
              `${blank}${styled(colour, finding.excerpt.marker)}`,
            ]),
      ];
      return `${lines.join("\n")}\n\n`;
    },
    end: ({ tally }) => `${summaryOf(tally)}\n`,
  };
}

/** A reporter that writes one JSON object, a finding a line. */
export function createJsonReporter(rules: LintRules): Reporter {
  let count = 0;
  return {
    begin: () => `{"profile":${JSON.stringify(rules.profile)},"findings":[`,
    finding({ excerpt: _excerpt, ...finding }) {
      count += 1;
      return `${count === 1 ? "" : ","}\n${JSON.stringify(finding)}`;
    },
    end({ tally, faults }) {
      const { files, objects, errors, warnings } = tally;
      const rest = JSON.stringify({ files, objects, errors, warnings, unreadable: faults });
      return `${count === 0 ? "" : "\n"}],${rest.slice(1)}\n`;
    },
  };
}
