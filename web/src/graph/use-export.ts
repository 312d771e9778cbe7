/** Saves what is shown: as a picture, as a drawing, or as STIX. */
import { type RefObject, useState } from "react";
import type { Graph } from "../api/types.ts";
import { saveFile } from "../kql/save-file.ts";
import { bundleOf } from "./bundle.ts";
import type { CanvasHandle } from "./canvas.tsx";
import type { Picture } from "./model.ts";

interface ExportParts {
  readonly graph: Graph;
  readonly picture: Picture;
  readonly canvas: RefObject<CanvasHandle | null>;
  /** What the graph is about. */
  readonly name: string;
}

/** The way to save, and why it did not work. */
export function useExport(
  base: string,
  { graph, picture, canvas, name }: ExportParts,
): {
  readonly save: (what: "png" | "svg" | "stix") => void;
  readonly errors: readonly Error[];
} {
  const [error, setError] = useState<Error | null>(null);
  const file = `graph ${name}`.replace(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
  const save = (what: "png" | "svg" | "stix"): void => {
    setError(null);
    if (what === "stix") {
      bundleOf(base, graph, picture).then(
        (text) => saveFile(`${file}.json`, "application/json", text),
        (thrown: unknown) => setError(thrown instanceof Error ? thrown : new Error(String(thrown))),
      );
      return;
    }
    const content = what === "png" ? canvas.current?.png() : canvas.current?.svg();
    if (content !== null && content !== undefined) {
      saveFile(`${file}.${what}`, what === "png" ? "image/png" : "image/svg+xml", content);
    }
  };
  return { save, errors: error === null ? [] : [error] };
}
