/** Digests by algorithm, a row each. */
import { Button, Input } from "@fluentui/react-components";
import { AddRegular, DeleteRegular } from "@fluentui/react-icons";
import { type ReactNode, useState } from "react";
import { VOCABULARIES } from "../../../src/stix/index.ts";
import { useFieldState } from "./form-context.ts";

interface Row {
  readonly algorithm: string;
  readonly digest: string;
}

const ALGORITHMS: readonly string[] = [...(VOCABULARIES.get("hash-algorithm-ov")?.values21 ?? [])];

/** Algorithms by the length of their digests, in hexadecimal digits. */
const BY_LENGTH: Readonly<Record<number, string>> = {
  32: "MD5",
  40: "SHA-1",
  64: "SHA-256",
  128: "SHA-512",
};

/** The rows. */
export function HashesField({
  value,
  onValue,
  path,
  label,
}: {
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly path: string;
  readonly label: string;
}): ReactNode {
  const [rows, setRows] = useState<readonly Row[]>(() => rowsOf(value));
  const change = (next: readonly Row[]): void => {
    setRows(next);
    const entries = next
      .filter(({ digest }) => digest.trim() !== "")
      .map(({ algorithm, digest }) => [algorithm, digest.trim()]);
    onValue(entries.length === 0 ? undefined : Object.fromEntries(entries));
  };
  const set = (at: number, row: Partial<Row>): void =>
    change(rows.map((each, place) => (place === at ? { ...each, ...row } : each)));
  const used = rows.map(({ algorithm }) => algorithm);
  const free = ALGORITHMS.find((each) => !used.includes(each));
  return (
    <div className="stack tight">
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is what stands at its place.
        <HashRow key={at} row={row} at={at} path={path} label={label} used={used} onRow={set}>
          <Button
            appearance="subtle"
            icon={<DeleteRegular />}
            aria-label={`${label}: take row ${at + 1} away`}
            onClick={() => change(rows.filter((_row, place) => place !== at))}
          />
        </HashRow>
      ))}
      {free === undefined ? null : (
        <Button
          className="addRow"
          size="small"
          icon={<AddRegular />}
          onClick={() => setRows([...rows, { algorithm: preferred(used) ?? free, digest: "" }])}
        >
          Add a digest
        </Button>
      )}
    </div>
  );
}

function HashRow({
  row,
  at,
  path,
  label,
  used,
  onRow,
  children,
}: {
  readonly row: Row;
  readonly at: number;
  readonly path: string;
  readonly label: string;
  readonly used: readonly string[];
  readonly onRow: (at: number, row: Partial<Row>) => void;
  readonly children: ReactNode;
}): ReactNode {
  const { validationMessage } = useFieldState(`${path}.${row.algorithm}`, true);
  const algorithms = ALGORITHMS.includes(row.algorithm)
    ? ALGORITHMS
    : [row.algorithm, ...ALGORITHMS];
  return (
    <div className="hashRow">
      <select
        className="picker"
        aria-label={`${label}: algorithm of row ${at + 1}`}
        value={row.algorithm}
        onChange={(event) => onRow(at, { algorithm: event.target.value })}
      >
        {algorithms.map((each) => (
          <option key={each} disabled={each !== row.algorithm && used.includes(each)}>
            {each}
          </option>
        ))}
      </select>
      <Input
        className="wideInput mono"
        aria-label={`${label}: digest of row ${at + 1}`}
        value={row.digest}
        spellCheck={false}
        aria-invalid={validationMessage !== undefined}
        onChange={(_event, data) => {
          const guessed = /^[0-9a-f]+$/i.test(data.value)
            ? BY_LENGTH[data.value.length]
            : undefined;
          onRow(at, {
            digest: data.value,
            ...(guessed === undefined || used.includes(guessed) ? {} : { algorithm: guessed }),
          });
        }}
      />
      {children}
      {validationMessage === undefined ? null : (
        <span className="codeReason rowReason" role="alert">
          {validationMessage}
        </span>
      )}
    </div>
  );
}

function preferred(used: readonly string[]): string | undefined {
  return ["SHA-256", "MD5", "SHA-1"].find((each) => !used.includes(each));
}

function rowsOf(value: unknown): readonly Row[] {
  return typeof value === "object" && value !== null
    ? Object.entries(value).map(([algorithm, digest]) => ({ algorithm, digest: String(digest) }))
    : [];
}
