/** What is to be imported: a file that was dropped or chosen, or a text that was pasted; its source; its columns. */
import { Button, Field, Input, ProgressBar } from "@fluentui/react-components";
import { ArrowUploadRegular } from "@fluentui/react-icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, type ReactNode, useEffect, useId, useState } from "react";
import type { ImportView } from "../api/ingestion-types.ts";
import { uploadFile } from "../api/upload-file.ts";
import { useApiBase, useSession } from "../shell/session.tsx";
import { CSV_PROPERTIES, columnFor, previewOf } from "./csv-preview.ts";
import { Refusal, TableScroll } from "./panel.tsx";

const MIB = 1_048_576;

/** As the server bounds them. */
const BYTES_MAX = { stix: 250 * MIB, csv: 50 * MIB } as const;

const SOURCE_LENGTH_MAX = 256;

interface Chosen {
  readonly file: Blob;
  readonly name: string;
}

type Format = keyof typeof BYTES_MAX;

/** The form. */
export function ImportForm({
  onChecked,
}: {
  readonly onChecked: (importId: string) => void;
}): ReactNode {
  const base = useApiBase();
  const { csrfToken } = useSession();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [format, setFormat] = useState<Format>("stix");
  const [source, setSource] = useState("");
  const [mapping, setMapping] = useState<Readonly<Record<string, string>>>({});
  const [fraction, setFraction] = useState(0);
  const send = useMutation({
    mutationFn: ({ file, name }: Chosen) => {
      const query = new URLSearchParams({ source: source.trim(), format, fileName: name });
      if (format === "csv" && Object.keys(mapping).length > 0) {
        query.set("mapping", JSON.stringify(mapping));
      }
      return uploadFile<ImportView>(`${base}/imports?${query}`, {
        file,
        contentType: format === "csv" ? "text/csv" : "application/json",
        csrfToken: csrfToken ?? "",
        onProgress: setFraction,
      });
    },
    onSuccess: async ({ importId }) => {
      await queries.invalidateQueries({ queryKey: ["imports", base] });
      onChecked(importId);
    },
  });
  const take = (next: Chosen): void => {
    setChosen(next);
    setFormat(/\.csv$/i.test(next.name) ? "csv" : "stix");
    setMapping({});
    send.reset();
  };
  const isTooLarge = chosen !== null && chosen.file.size > BYTES_MAX[format];
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen !== null) {
          setFraction(0);
          send.mutate(chosen);
        }
      }}
    >
      <FileChooser chosen={chosen} onChosen={take} />
      <div className="controls">
        <Field
          label="Source"
          required
          hint="The name under which the objects are kept, such as the feed's."
        >
          <Input
            value={source}
            maxLength={SOURCE_LENGTH_MAX}
            onChange={(_event, data) => setSource(data.value)}
          />
        </Field>
        <label className="label">
          Format
          <select
            className="picker"
            value={format}
            onChange={({ target }) => setFormat(target.value as Format)}
          >
            <option value="stix">STIX (JSON)</option>
            <option value="csv">CSV (indicators)</option>
          </select>
        </label>
      </div>
      {format === "csv" && chosen !== null ? (
        <Mapping chosen={chosen} mapping={mapping} onMapping={setMapping} />
      ) : null}
      {isTooLarge ? (
        <p role="alert">
          The file has {Math.ceil((chosen?.file.size ?? 0) / MIB)} MiB; at most{" "}
          {BYTES_MAX[format] / MIB} MiB can be imported at once. Cut it into pieces.
        </p>
      ) : null}
      <div className="inline">
        <Button
          type="submit"
          appearance="primary"
          disabled={chosen === null || source.trim() === "" || isTooLarge || send.isPending}
        >
          Check
        </Button>
        <span>Nothing is stored yet.</span>
      </div>
      {send.isPending ? (
        <Field
          validationMessage={fraction < 1 ? "Sending the file" : "Checking every record"}
          validationState="none"
        >
          <ProgressBar
            aria-label="Progress of the check"
            {...(fraction < 1 ? { value: fraction } : {})}
          />
        </Field>
      ) : null}
      <Refusal error={send.error} />
    </form>
  );
}

function FileChooser({
  chosen,
  onChosen,
}: {
  readonly chosen: Chosen | null;
  readonly onChosen: (chosen: Chosen) => void;
}): ReactNode {
  const id = useId();
  const [isOver, setOver] = useState(false);
  const [text, setText] = useState("");
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined) {
      onChosen({ file, name: file.name });
    }
  };
  return (
    <>
      {/* Dropping is an addition for the mouse: the button below does the same. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys use the field inside. */}
      <div
        className={isOver ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <ArrowUploadRegular fontSize={32} aria-hidden />
        <label htmlFor={id}>Drop a STIX bundle or a CSV table here, or choose a file:</label>
        <input
          id={id}
          type="file"
          accept=".json,.stix,.ndjson,.jsonl,.csv,application/json,text/csv"
          onChange={({ target }) => {
            const file = target.files?.[0];
            if (file !== undefined) {
              onChosen({ file, name: file.name });
            }
          }}
        />
        <span role="status">
          {chosen === null
            ? "Up to 250 MiB of STIX, or 50 MiB of CSV."
            : `${chosen.name}: ${chosen.file.size.toLocaleString("en")} bytes`}
        </span>
      </div>
      <label className="label">
        Or paste it
        <textarea
          className="editor"
          rows={5}
          value={text}
          spellCheck={false}
          placeholder='{"type": "bundle", "id": "bundle--…", "objects": […]}'
          onChange={({ target }) => {
            setText(target.value);
            const isTable = !/^[[{]/.test(target.value.trimStart());
            onChosen({
              file: new Blob([target.value]),
              name: isTable ? "pasted.csv" : "pasted.json",
            });
          }}
        />
      </label>
    </>
  );
}

function Mapping({
  chosen,
  mapping,
  onMapping,
}: {
  readonly chosen: Chosen;
  readonly mapping: Readonly<Record<string, string>>;
  readonly onMapping: (mapping: Readonly<Record<string, string>>) => void;
}): ReactNode {
  const [rows, setRows] = useState<readonly (readonly string[])[]>([]);
  useEffect(() => {
    let isCurrent = true;
    void previewOf(chosen.file).then((found) => isCurrent && setRows(found));
    return () => {
      isCurrent = false;
    };
  }, [chosen]);
  const [heading = [], ...body] = rows;
  const choose = (property: string, column: string): void => {
    const { [property]: _old, ...rest } = mapping;
    onMapping(column === "" ? rest : { ...rest, [property]: column });
  };
  return (
    <section className="stack tight" aria-label="Columns">
      <p className="hint">
        Which column holds what. A table needs a pattern, or a value with its type (such as
        ipv4-addr or domain-name; without a type it is guessed).
      </p>
      <div className="controls">
        {CSV_PROPERTIES.map(([property]) => {
          const guessed = columnFor(property, heading);
          return (
            <label key={property} className="label">
              {property}
              <select
                className="picker"
                value={mapping[property] ?? ""}
                onChange={({ target }) => choose(property, target.value)}
              >
                <option value="">
                  {guessed === undefined ? "no column" : `${guessed} (by name)`}
                </option>
                {heading.map((column) => (
                  <option key={column} value={column}>
                    {column}
                  </option>
                ))}
              </select>
            </label>
          );
        })}
      </div>
      <TableScroll label="First rows of the table">
        <thead>
          <tr>
            {heading.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows and cells have no identity but their place.
            <tr key={at}>
              {row.map((cell, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows and cells have no identity but their place.
                <td key={place} className="mono breaks">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </TableScroll>
    </section>
  );
}
