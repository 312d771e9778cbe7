/** The samples that are printed in the reference page of the upload API, cut out of it byte for byte. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./running-server.ts";

const PAGE = join(projectRoot, "../shared/seed/upload-api.txt");

/** Why the tests of this page are skipped here, or false. */
export const seedIsMissing: string | false = existsSync(PAGE)
  ? false
  : "the reference page is not beside this project";

/** The text of the JSON that is printed under a heading. */
export function seedSample(heading: string): string {
  const lines = readFileSync(PAGE, "utf8").split("\n");
  const headingAt = lines.lastIndexOf(heading);
  const start = lines.indexOf("{", headingAt);
  const end = lines.indexOf("}", start);
  if (headingAt < 0 || start < 0 || end < 0) {
    throw new Error(`the page has no sample under "${heading}"`);
  }
  return lines.slice(start, end + 1).join("\n");
}
