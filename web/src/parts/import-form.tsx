/** What is to be imported: files that were dropped or chosen, or a text that was pasted; their source; their columns. */
import { Button, Field, Input, ProgressBar } from "@fluentui/react-components";
import { ArrowUploadRegular, DismissRegular } from "@fluentui/react-icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type DragEvent, type ReactNode, useId, useRef, useState } from "react";
import type { ImportView } from "../api/ingestion-types.ts";
import { uploadFile } from "../api/upload-file.ts";
import { useApiBase, useSession } from "../shell/session.tsx";
import {
  type FileHead,
  headOf,
  type Mapping,
  mappingByName,
  rememberedMapping,
  rememberMapping,
  wholeMapping,
} from "./csv-preview.ts";
import { ImportMapping } from "./import-mapping.tsx";
import { Refusal } from "./panel.tsx";
import "./import.css";

const MIB = 1_048_576;

/** As the server bounds them. */
const BYTES_MAX = { stix: 250 * MIB, csv: 50 * MIB } as const;

const SOURCE_LENGTH_MAX = 256;

/** Files of one go: the server keeps a queue of twenty. */
const FILES_MAX = 20;

interface Chosen extends FileHead {
  readonly key: string;
  readonly file: Blob;
  readonly name: string;
  readonly mapping: Mapping;
  readonly isRemembered: boolean;
}

type Format = keyof typeof BYTES_MAX;

/** Name under which a text is sent that was pasted. */
const PASTED = "pasted";

/** The form. */
export function ImportForm({
  onSent,
}: {
  /** Told the imports, in the order of the files. */
  readonly onSent: (importIds: readonly string[]) => void;
}): ReactNode {
  const base = useApiBase();
  const { csrfToken } = useSession();
  const queries = useQueryClient();
  const [source, setSource] = useState("");
  const { chosen, take, paste, change, remove } = useChosen((named) =>
    setSource((old) => (old === "" ? named : old)),
  );
  const [sent, setSent] = useState({ files: 0, share: 0 });
  const send = useMutation({
    mutationFn: async (files: readonly Chosen[]) => {
      const importIds: string[] = [];
      for (const each of files) {
        const found = await uploadFile<ImportView>(`${base}/imports?${queryOf(each, source)}`, {
          file: each.file,
          contentType: each.format === "csv" ? "text/csv" : "application/json",
          csrfToken: csrfToken ?? "",
          onProgress: (share) => setSent({ files: importIds.length, share }),
        });
        importIds.push(found.importId);
      }
      return importIds;
    },
    onSuccess: async (importIds, files) => {
      for (const { format, rows, mapping } of files) {
        if (format === "csv" && rows[0] !== undefined) {
          rememberMapping(rows[0], mapping);
        }
      }
      await queries.invalidateQueries({ queryKey: ["imports", base] });
      onSent(importIds);
    },
  });
  const isTooLarge = chosen.some(isOver);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate(chosen);
      }}
    >
      <Chooser
        onFiles={(files) => {
          send.reset();
          void take(files);
        }}
        onText={(text) => {
          send.reset();
          void paste(text);
        }}
      />
      <Field
        label="Source"
        required
        hint="The name under which the objects are kept, such as the feed's."
        style={{ maxWidth: 420 }}
      >
        <Input
          value={source}
          maxLength={SOURCE_LENGTH_MAX}
          onChange={(_event, data) => setSource(data.value)}
        />
      </Field>
      <Files
        chosen={chosen}
        onFormat={(key, format) => change(key, { format })}
        onRemove={remove}
      />
      {chosen
        .filter(({ format, rows }) => format === "csv" && rows.length > 0)
        .map(({ key, name, rows, mapping, isRemembered }) => (
          <ImportMapping
            key={key}
            name={name}
            rows={rows}
            mapping={mapping}
            isRemembered={isRemembered}
            onMapping={(next) => change(key, { mapping: next, isRemembered: false })}
          />
        ))}
      <div className="inline">
        <Button
          type="submit"
          appearance="primary"
          disabled={chosen.length === 0 || source.trim() === "" || isTooLarge || send.isPending}
        >
          Check
        </Button>
        <span>Nothing is stored yet.</span>
      </div>
      {send.isPending ? <Sending {...sent} of={chosen.length} /> : null}
      <Refusal error={send.error} />
    </form>
  );
}

function Sending({
  files,
  share,
  of,
}: {
  readonly files: number;
  readonly share: number;
  readonly of: number;
}): ReactNode {
  return (
    <Field validationMessage={`Sending file ${files + 1} of ${of}`} validationState="none">
      <ProgressBar aria-label="Sending" value={share} />
    </Field>
  );
}

interface ChosenFiles {
  readonly chosen: readonly Chosen[];
  readonly take: (files: readonly File[]) => Promise<void>;
  readonly paste: (text: string) => Promise<void>;
  readonly change: (key: string, part: Partial<Chosen>) => void;
  readonly remove: (key: string) => void;
}

/** The files that somebody has chosen. @param onSource told the source that an upload body names */
function useChosen(onSource: (source: string) => void): ChosenFiles {
  const [chosen, setChosen] = useState<readonly Chosen[]>([]);
  const pastes = useRef(0);
  return {
    chosen,
    async take(files) {
      const found = await Promise.all(
        files.slice(0, FILES_MAX).map((file) => lookedAt(file, file.name)),
      );
      const isNew = (old: Chosen): boolean => !found.some(({ name }) => name === old.name);
      setChosen((old) => [...old.filter(isNew), ...found].slice(0, FILES_MAX));
      onSource(found.find(({ source }) => source !== null)?.source ?? "");
    },
    async paste(text) {
      pastes.current += 1;
      const own = pastes.current;
      const pasted = text.trim() === "" ? [] : [await lookedAt(new Blob([text]), PASTED)];
      // What was typed meanwhile is looked at by itself.
      if (own === pastes.current) {
        setChosen((old) => [...old.filter(({ key }) => !key.startsWith(`${PASTED} `)), ...pasted]);
        onSource(pasted[0]?.source ?? "");
      }
    },
    change: (key, part) =>
      setChosen((old) => old.map((each) => (each.key === key ? { ...each, ...part } : each))),
    remove: (key) => setChosen((old) => old.filter((each) => each.key !== key)),
  };
}

function queryOf({ format, name, mapping }: Chosen, source: string): URLSearchParams {
  const query = new URLSearchParams({
    source: source.trim(),
    format,
    fileName: name,
    wait: "false",
  });
  if (format === "csv") {
    query.set("mapping", JSON.stringify(wholeMapping(mapping)));
  }
  return query;
}

/** Two files may have one name. */
let keys = 0;

async function lookedAt(file: Blob, name: string): Promise<Chosen> {
  keys += 1;
  const head = await headOf(file, name);
  const [heading = []] = head.rows;
  const remembered = rememberedMapping(heading);
  return {
    ...head,
    key: `${name} ${keys}`,
    file,
    name: name === PASTED ? `${PASTED}.${head.format === "csv" ? "csv" : "json"}` : name,
    mapping: remembered ?? mappingByName(heading),
    isRemembered: remembered !== null,
  };
}

function isOver({ file, format }: Chosen): boolean {
  return file.size > BYTES_MAX[format];
}

function Files({
  chosen,
  onFormat,
  onRemove,
}: {
  readonly chosen: readonly Chosen[];
  readonly onFormat: (key: string, format: Format) => void;
  readonly onRemove: (key: string) => void;
}): ReactNode {
  return (
    <ul className="plainList" aria-label="Chosen files" aria-live="polite">
      {chosen.map((each) => (
        <li key={each.key} className="fileRow">
          <strong className="breaks">{each.name}</strong>
          <span className="number">{sizeText(each.file.size)}</span>
          <select
            className="picker"
            aria-label={`Format of ${each.name}`}
            value={each.format}
            onChange={({ target }) => onFormat(each.key, target.value as Format)}
          >
            <option value="stix">STIX (JSON)</option>
            <option value="csv">CSV (indicators)</option>
          </select>
          <Button
            size="small"
            appearance="transparent"
            icon={<DismissRegular />}
            aria-label={`Remove ${each.name}`}
            onClick={() => onRemove(each.key)}
          />
          {isOver(each) ? (
            <span role="alert" className="fault">
              At most {BYTES_MAX[each.format] / MIB} MiB can be imported at once: cut it into
              pieces.
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function sizeText(bytes: number): string {
  return bytes >= MIB
    ? `${(bytes / MIB).toFixed(1)} MiB`
    : bytes >= 1_024
      ? `${(bytes / 1_024).toFixed(1)} KiB`
      : `${bytes} bytes`;
}

function Chooser({
  onFiles,
  onText,
}: {
  readonly onFiles: (files: readonly File[]) => void;
  readonly onText: (text: string) => void;
}): ReactNode {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [text, setText] = useState("");
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  return (
    <div className="columns">
      {/* Dropping is an addition for the mouse: the button inside does the same. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys use the button inside. */}
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
        <span>Drop files here: STIX bundles, lists, upload bodies, lines of JSON, or CSV.</span>
        <label className="unseen" htmlFor={id}>
          Files to import
        </label>
        <input
          id={id}
          ref={input}
          className="unseen"
          type="file"
          multiple
          tabIndex={-1}
          accept=".json,.stix,.ndjson,.jsonl,.csv,.tsv,.txt,.gz,application/json,text/csv"
          onChange={({ target }) => {
            onFiles([...(target.files ?? [])]);
            // The same file may be chosen again after it was put right.
            target.value = "";
          }}
        />
        <Button onClick={() => input.current?.click()}>Choose files…</Button>
        <span className="hint">
          Up to 250 MiB of STIX, or 50 MiB of CSV; packed with gzip or not.
        </span>
      </div>
      <label className="label pasted">
        Or paste it
        <textarea
          className="editor"
          rows={7}
          value={text}
          spellCheck={false}
          placeholder='{"type": "bundle", "id": "bundle--…", "objects": […]}'
          onChange={({ target }) => {
            setText(target.value);
            onText(target.value);
          }}
        />
      </label>
    </div>
  );
}
