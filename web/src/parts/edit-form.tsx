/** Changes an object: what may be changed by whose it is; the second of two editors learns what the first changed. */
import { Body1, Button, Checkbox, Field, Input, Textarea } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { ApiError, call } from "../api/client.ts";
import type { Difference, ObjectView } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";

type Values = Readonly<Record<string, string>>;

/** Texts of one's own objects that have a field; everything else is changed as JSON through the API. */
const OWN_TEXTS: readonly (readonly [property: string, label: string, isLong: boolean])[] = [
  ["name", "Name", false],
  ["description", "Description", true],
  ["pattern", "Pattern", true],
  ["valid_from", "Valid from (RFC 3339)", false],
];

/** The form. */
export function EditForm({
  view,
  onDone,
}: {
  readonly view: ObjectView;
  readonly onDone: () => void;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const object = view.object ?? {};
  const [values, setValues] = useState<Values>({});
  const [revoked, setRevoked] = useState(view.revoked);
  const path = `${base}/objects/${encodeURIComponent(view.id)}`;
  const save = useMutation({
    mutationFn: () =>
      call(path, {
        method: "PATCH",
        headers: { "if-match": `"${view.change}"` },
        body: patchOf(values, revoked === view.revoked ? undefined : revoked),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries();
      onDone();
    },
  });
  const remove = useMutation({
    mutationFn: () => call(path, { method: "DELETE" }),
    onSuccess: () => queries.invalidateQueries(),
  });
  const text = (property: string): string => values[property] ?? textOf(object[property]);
  const set = (property: string, value: string): void =>
    setValues((old) => ({ ...old, [property]: value }));
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className="form" onSubmit={onSubmit}>
      {view.provenance === "sourced" ? (
        <Body1>
          It belongs to {view.source}: confidence, validity, tags and revocation can be changed
          here. What the source sends next comes on top.
        </Body1>
      ) : (
        OWN_TEXTS.filter(([property]) => property === "name" || property in object).map(
          ([property, label, isLong]) => (
            <Field key={property} label={label}>
              {isLong ? (
                <Textarea
                  value={text(property)}
                  resize="vertical"
                  onChange={(_event, data) => set(property, data.value)}
                />
              ) : (
                <Input
                  value={text(property)}
                  onChange={(_event, data) => set(property, data.value)}
                />
              )}
            </Field>
          ),
        )
      )}
      <Field label="Confidence" hint="0 to 100; empty for none">
        <Input
          type="number"
          min={0}
          max={100}
          value={text("confidence")}
          onChange={(_event, data) => set("confidence", data.value)}
        />
      </Field>
      {view.type === "indicator" ? (
        <Field label="Valid until" hint="Such as 2027-01-31T00:00:00Z; empty for no end">
          <Input
            value={text("valid_until")}
            onChange={(_event, data) => set("valid_until", data.value)}
          />
        </Field>
      ) : null}
      <Checkbox
        label="Revoked"
        checked={revoked}
        onChange={(_event, data) => setRevoked(data.checked === true)}
      />
      <div className="inline">
        <Button type="submit" appearance="primary" disabled={save.isPending}>
          Save
        </Button>
        <Button
          onClick={() => {
            if (confirm(`Delete ${view.title}? Its history stays for a while.`)) {
              remove.mutate();
            }
          }}
          disabled={remove.isPending}
        >
          Delete
        </Button>
      </div>
      {save.error === null ? null : <Refused error={save.error} />}
      {remove.error === null ? null : <Refused error={remove.error} />}
    </form>
  );
}

function Refused({ error }: { readonly error: Error }): ReactNode {
  const changes =
    error instanceof ApiError ? (error.problem["changes"] as Difference[] | undefined) : [];
  return (
    <div role="alert">
      <Body1>{error.message}</Body1>
      <ul>
        {(changes ?? []).map(({ path, before, after }) => (
          <li key={path}>
            {path}: {JSON.stringify(before) ?? "nothing"} → {JSON.stringify(after) ?? "nothing"}
          </li>
        ))}
      </ul>
    </div>
  );
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

/** What was typed, as properties; an emptied field takes its property away. */
function patchOf(values: Values, revoked: boolean | undefined): Readonly<Record<string, unknown>> {
  const entries = Object.entries(values).map(([property, value]) => [
    property,
    value.trim() === "" ? null : property === "confidence" ? Number(value) : value,
  ]);
  return { ...Object.fromEntries(entries), ...(revoked === undefined ? {} : { revoked }) };
}
