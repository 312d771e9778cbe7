/** Where the built web page is: beside the compiled program, or in the clone that it was built in. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** From `dist/app/` and from `src/app/`. */
const PLACES: readonly string[] = ["../web", "../../dist/web"];

/** The folder of the page; undefined when it was not built. */
export function pageDirectory(): string | undefined {
  return PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((folder) =>
    existsSync(join(folder, "index.html")),
  );
}
