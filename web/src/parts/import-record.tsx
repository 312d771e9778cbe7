/** One record of a file: what storing it would change, and the way to put it right before it is stored. */
import { Button } from "@fluentui/react-components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { ImportRecordView, ImportView, Suggestion } from "../api/ingestion-types.ts";
import type { Difference } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { Answer, Refusal } from "./panel.tsx";
import { RecordDraft } from "./record-draft.tsx";
import { RecordJson } from "./record-json.tsx";

/** The record. */
export function ImportRecordCard({
  view,
  index,
  onClose,
}: {
  readonly view: ImportView;
  readonly index: number;
  readonly onClose: () => void;
}): ReactNode {
  const base = useApiBase();
  const record = useQuery({
    queryKey: ["imports", base, view.importId, "record", index],
    queryFn: ({ signal }) =>
      call<ImportRecordView>(`${base}/imports/${view.importId}/records/${index}`, { signal }),
  });
  return (
    <section className="record" aria-label={`Record ${index + 1} of the file`}>
      <Answer of={record}>
        {(found) => <Whole key={index} view={view} found={found} onClose={onClose} />}
      </Answer>
    </section>
  );
}

function Whole({
  view,
  found,
  onClose,
}: {
  readonly view: ImportView;
  readonly found: ImportRecordView;
  readonly onClose: () => void;
}): ReactNode {
  const base = useApiBase();
  const { canWrite } = useWorkspace();
  const queries = useQueryClient();
  const { index, status, faults, record, differences } = found;
  const mayFix = canWrite && view.state === "checked";
  const [isEditing, setEditing] = useState(status === "invalid" && mayFix);
  const fix = useMutation({
    mutationFn: (object: unknown) =>
      call<ImportRecordView>(`${base}/imports/${view.importId}/records/${index}`, {
        method: "PUT",
        body: { object },
      }),
    onSuccess: async (fixed) => {
      setEditing(fixed.status === "invalid");
      await queries.invalidateQueries({ queryKey: ["imports", base] });
    },
  });
  const suggestions = faults
    .map(({ suggestion }) => suggestion)
    .filter((each): each is Suggestion => each !== null);
  return (
    <>
      {differences === null || differences.length === 0 ? null : (
        <Differences differences={differences} />
      )}
      {isEditing ? (
        <RecordDraft
          label={`Record ${index + 1} put right`}
          value={record}
          suggestions={suggestions}
          isOfFile
          isPending={fix.isPending}
          action="Check again"
          onSend={(object) => fix.mutate(object)}
          onClose={() => setEditing(false)}
        />
      ) : (
        <RecordJson
          value={record}
          errors={faults.map(({ pointer, message }) => ({
            rule: "",
            path: pathOf(pointer),
            message,
          }))}
          warnings={[]}
          label={`Record ${index + 1} as it stands in the file`}
        />
      )}
      <div className="inline">
        {mayFix && !isEditing ? (
          <Button size="small" onClick={() => setEditing(true)}>
            Edit record {index + 1}…
          </Button>
        ) : null}
        <Button size="small" onClick={onClose}>
          Close
        </Button>
      </div>
      <Refusal error={fix.error} />
    </>
  );
}

/** `/external_references/0/url` as findings write it. */
function pathOf(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce(
      (path, step) =>
        /^\d+$/.test(step) ? `${path}[${step}]` : path === "" ? step : `${path}.${step}`,
      "",
    );
}

function Differences({ differences }: { readonly differences: readonly Difference[] }): ReactNode {
  const shown = (value: unknown): string => (value === undefined ? "–" : JSON.stringify(value));
  return (
    <table className="diff">
      <caption className="left">What storing it would change</caption>
      <thead>
        <tr>
          <th scope="col">Where</th>
          <th scope="col">Stored now</th>
          <th scope="col">In the file</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ path, before, after }) => (
          <tr key={path}>
            <th scope="row" className="mono">
              {path}
            </th>
            <td className="removed mono">{shown(before)}</td>
            <td className="added mono">{shown(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
