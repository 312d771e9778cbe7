/** The object as it is stored, to copy and to save, alone or as a bundle with what it is related to. */
import { Button } from "@fluentui/react-components";
import { ArrowDownloadRegular, CopyRegular } from "@fluentui/react-icons";
import { type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { Graph, ObjectView } from "../api/types.ts";
import { saveFile } from "../kql/save-file.ts";
import { useApiBase } from "../shell/session.tsx";
import type { PartProps } from "./details-part.ts";
import { Refusal } from "./panel.tsx";
import { newUuid } from "./uuid.ts";

/** Relationships of one bundle. */
const RELATIONSHIPS_MAX = 1_000;

type StixObject = Readonly<Record<string, unknown>>;

/** The object. */
export function RawJson({ view }: PartProps): ReactNode {
  const base = useApiBase();
  const text = JSON.stringify(view.object, null, 2);
  const [said, setSaid] = useState("");
  const [error, setError] = useState<Error | null>(null);
  const withBundle = async (use: (text: string, count: number) => Promise<void> | void) => {
    setError(null);
    try {
      const objects = await bundleObjects(base, view);
      const bundle = { type: "bundle", id: `bundle--${newUuid()}`, objects };
      await use(JSON.stringify(bundle, null, 2), objects.length);
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error("The bundle can't be made."));
    }
  };
  return (
    <div className="stack tight">
      <div className="inline">
        <Button
          size="small"
          icon={<CopyRegular />}
          aria-label="Copy the STIX object"
          onClick={() => {
            void navigator.clipboard.writeText(text).then(() => setSaid("Copied."));
          }}
        >
          Copy
        </Button>
        <Button
          size="small"
          icon={<ArrowDownloadRegular />}
          onClick={() => saveFile(`${view.stixId}.json`, "application/json", text)}
        >
          Save
        </Button>
        <Button
          size="small"
          icon={<CopyRegular />}
          onClick={() =>
            void withBundle(async (bundle, count) => {
              await navigator.clipboard.writeText(bundle);
              setSaid(`Copied a bundle of ${count} objects.`);
            })
          }
        >
          Copy as a bundle with what is related
        </Button>
        <Button
          size="small"
          icon={<ArrowDownloadRegular />}
          onClick={() =>
            void withBundle((bundle, count) => {
              saveFile(`bundle-${view.stixId}.json`, "application/json", bundle);
              setSaid(`Saved a bundle of ${count} objects.`);
            })
          }
        >
          Save the bundle
        </Button>
        <span role="status">{said}</span>
      </div>
      <Refusal error={error} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, so the keys have to reach it. */}
      <pre className="json" tabIndex={0}>
        {text}
      </pre>
    </div>
  );
}

interface RelatedPage {
  readonly value: readonly { readonly view: ObjectView | null }[];
}

/** The object, its relationships and what they join; each once, as far as it is stored here. */
async function bundleObjects(base: string, view: ObjectView): Promise<readonly StixObject[]> {
  const path = `${base}/objects/${encodeURIComponent(view.id)}`;
  const [graph, incoming] = await Promise.all([
    call<Graph>(`${path}/graph?depth=1`),
    call<RelatedPage>(`${path}/related?direction=incoming&limit=${RELATIONSHIPS_MAX}`),
  ]);
  const relations = incoming.value.filter((each) => RELATIONS.has(each.view?.type ?? ""));
  const objects = [view, ...relations.map((each) => each.view), ...graph.nodes.map((n) => n.view)];
  const byId = new Map(
    objects.flatMap((each) =>
      each === null || each.object === null ? [] : [[each.stixId, each.object] as const],
    ),
  );
  return [...byId.values()];
}

const RELATIONS: ReadonlySet<string> = new Set(["relationship", "sighting"]);
