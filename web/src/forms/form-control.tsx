/** One field of a form: the kind of its property decides how it is filled in. */
import { Field, Input, Textarea } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { allowedRelationships, type Kind, VOCABULARIES } from "../../../src/stix/index.ts";
import { ExtensionsField } from "./extensions-field.tsx";
import { useFieldState, useForm } from "./form-context.ts";
import { HashesField } from "./hashes-field.tsx";
import { JsonField } from "./json-field.tsx";
import { LabelsField } from "./labels-field.tsx";
import { ListField } from "./list-field.tsx";
import { MarkingField } from "./marking-field.tsx";
import { type FormField, targetTypes } from "./model.ts";
import { ObjectPicker } from "./object-picker.tsx";
import { PatternField } from "./pattern-field.tsx";
import { NestedFields, RowsField } from "./rows-field.tsx";
import { matching, Suggest } from "./suggest.tsx";
import { TimeField } from "./time-field.tsx";

/** What every control is given. */
interface ControlProps {
  readonly field: FormField;
  readonly kind: Kind;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly path: string;
  /** What the field around it gives to the browser's own controls; Fluent's ask for it themselves. */
  readonly inner: object;
}

/** Texts of several lines. */
const LONG: ReadonlySet<string> = new Set([
  "description",
  "content",
  "explanation",
  "body",
  "objective",
  "contact_information",
  "payload_bin",
  "schema",
  "data",
]);

/** Values that are often meant, where the standard has no vocabulary. */
const OFFERED: Readonly<Record<string, readonly string[]>> = {
  kill_chain_name: ["mitre-attack", "lockheed-martin-cyber-kill-chain"],
  phase_name: [
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "defense-evasion",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
  ],
  source_name: ["mitre-attack", "cve", "capec"],
  lang: ["en", "de", "es", "fr", "it", "ja", "pt", "zh"],
  protocols: ["ipv4", "ipv6", "tcp", "udp", "icmp", "dns", "http", "https", "tls", "smtp", "ssh"],
  definition_type: ["statement"],
};

/** The field with its name, its help and what is wrong with it. */
export function FormControl({
  field,
  value,
  onValue,
  path,
}: {
  readonly field: FormField;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly path: string;
}): ReactNode {
  const { kind, label, help, isRequired } = field;
  const { onVisit } = useForm();
  const isGroup = isNested(kind) || kind.is === "hashes" || kind.is === "extensions";
  const state = useFieldState(path, !isGroup);
  const control = { field, kind, value, onValue, path };
  const onBlur = (): void => onVisit(path);
  if (isGroup) {
    return (
      <fieldset className="formGroup" data-path={path} onBlur={onBlur}>
        <legend>
          {label}
          {isRequired ? <span className="star"> *</span> : null}
        </legend>
        <span className="hint">{help}</span>
        <Control {...control} inner={{}} />
        {state.validationMessage === undefined ? null : (
          <span className="codeReason" role="alert">
            {state.validationMessage}
          </span>
        )}
      </fieldset>
    );
  }
  return (
    <Field
      label={label}
      hint={help}
      required={isRequired}
      data-path={path}
      onBlur={onBlur}
      {...state}
    >
      {(inner) => <Control {...control} inner={inner} />}
    </Field>
  );
}

function isNested(kind: Kind): boolean {
  return kind.is === "nested" || (kind.is === "list" && kind.of.is === "nested");
}

function Control(props: ControlProps): ReactNode {
  const { field, kind, value } = props;
  if (field.name === "pattern" && kind.is === "string") {
    return <PatternControl {...props} />;
  }
  if (field.name === "labels") {
    return <LabelsField items={textsOf(value)} onItems={listTo(props)} />;
  }
  if (field.name === "object_marking_refs") {
    return (
      <MarkingField
        value={textsOf(value)}
        onValue={props.onValue}
        label={field.label}
        field={props.inner}
      />
    );
  }
  const Drawn = CONTROLS[kind.is];
  return <Drawn {...props} />;
}

/** Controls by kind. */
const CONTROLS: Readonly<Record<Kind["is"], (props: ControlProps) => ReactNode>> = {
  string: TextControl,
  boolean: FlagControl,
  integer: NumberControl,
  confidence: NumberControl,
  float: NumberControl,
  timestamp: ({ value, onValue, field }) => (
    <TimeField value={textOf(value)} onValue={onValue} label={field.label} />
  ),
  hex: TextControl,
  binary: TextControl,
  language: TextControl,
  identifier: ReferenceControl,
  vocabulary: TextControl,
  enumeration: ChoiceControl,
  list: ListControl,
  hashes: ({ value, onValue, field, path }) => (
    <HashesField value={value} onValue={onValue} path={path} label={field.label} />
  ),
  dictionary: JsonControl,
  nested: ({ kind, value, onValue, path }) =>
    kind.is === "nested" ? (
      <NestedFields
        type={kind.type}
        value={value}
        path={path}
        draw={FormControl}
        onValue={(next) => onValue(Object.keys(next).length === 0 ? undefined : next)}
      />
    ) : null,
  extensions: ExtensionsControl,
  observables: JsonControl,
  translations: JsonControl,
  marking: StatementControl,
  objects: JsonControl,
};

function textOf(value: unknown): string {
  return value === undefined || value === null
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : value === undefined ? [] : [textOf(value)];
}

function listTo({ onValue }: ControlProps): (items: readonly unknown[]) => void {
  return (items) => onValue(items.length === 0 ? undefined : items);
}

/** Values that are offered: those of the vocabulary, or what is often meant. */
function useOffered({ field, kind }: ControlProps): readonly string[] {
  const { values } = useForm();
  if (field.name === "relationship_type") {
    const [source, target] = [values["source_ref"], values["target_ref"]].map((ref) =>
      textOf(ref).replace(/--.*$/, ""),
    );
    return allowedRelationships(source ?? "", target ?? "");
  }
  const of = kind.is === "list" ? kind.of : kind;
  return of.is === "vocabulary" || of.is === "enumeration"
    ? [...(VOCABULARIES.get(of.name)?.values21 ?? [])]
    : (OFFERED[field.name] ?? []);
}

function TextControl(props: ControlProps): ReactNode {
  const { field, value, onValue } = props;
  const offered = useOffered(props);
  const set = (text: string): void => onValue(text === "" ? undefined : text);
  if (offered.length > 0) {
    return (
      <Suggest
        text={textOf(value)}
        onText={set}
        options={matching(offered, offered.includes(textOf(value)) ? "" : textOf(value))}
        onChoose={(option) => set(option.value)}
      />
    );
  }
  return LONG.has(field.name) ? (
    <Textarea
      className="wideInput"
      value={textOf(value)}
      resize="vertical"
      onChange={(_event, data) => set(data.value)}
    />
  ) : (
    <Input
      className="wideInput"
      value={textOf(value)}
      autoComplete="off"
      onChange={(_event, data) => set(data.value)}
    />
  );
}

/** What is no number is handed on as text, so that the engine says so. */
function NumberControl({ kind, value, onValue }: ControlProps): ReactNode {
  const pattern = kind.is === "float" ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/;
  return (
    <Input
      className="shortInput"
      value={textOf(value)}
      inputMode={kind.is === "float" ? "decimal" : "numeric"}
      autoComplete="off"
      onChange={(_event, data) => {
        const typed = data.value.trim();
        onValue(typed === "" ? undefined : pattern.test(typed) ? Number(typed) : data.value);
      }}
    />
  );
}

function FlagControl({ value, onValue, inner }: ControlProps): ReactNode {
  return (
    <select
      {...inner}
      className="picker"
      value={typeof value === "boolean" ? String(value) : ""}
      onChange={(event) =>
        onValue(event.target.value === "" ? undefined : event.target.value === "true")
      }
    >
      <option value="">Not said</option>
      <option value="true">Yes</option>
      <option value="false">No</option>
    </select>
  );
}

function ChoiceControl(props: ControlProps): ReactNode {
  const { value, onValue, inner } = props;
  const offered = useOffered(props);
  const chosen = textOf(value);
  return (
    <select
      {...inner}
      className="picker"
      value={chosen}
      onChange={(event) => onValue(event.target.value === "" ? undefined : event.target.value)}
    >
      <option value="">Not said</option>
      {chosen === "" || offered.includes(chosen) ? null : <option>{chosen}</option>}
      {offered.map((each) => (
        <option key={each}>{each}</option>
      ))}
    </select>
  );
}

function ReferenceControl({ kind, value, onValue, field }: ControlProps): ReactNode {
  return kind.is === "identifier" ? (
    <ObjectPicker
      ids={value === undefined ? [] : [textOf(value)]}
      onIds={([id]) => onValue(id)}
      types={targetTypes(kind)}
      max={1}
      label={field.label}
    />
  ) : null;
}

function ListControl(props: ControlProps): ReactNode {
  const { kind, value, onValue, field, path } = props;
  const offered = useOffered(props);
  if (kind.is !== "list") {
    return null;
  }
  if (kind.of.is === "nested") {
    return (
      <RowsField
        type={kind.of.type}
        value={value}
        onValue={onValue}
        path={path}
        label={field.label}
        draw={FormControl}
      />
    );
  }
  if (kind.of.is === "identifier") {
    return (
      <ObjectPicker
        ids={textsOf(value)}
        onIds={listTo(props)}
        types={targetTypes(kind.of)}
        label={field.label}
      />
    );
  }
  return (
    <ListField
      items={textsOf(value)}
      onItems={listTo(props)}
      label={field.label}
      offer={(text) => (offered.length === 0 ? [] : matching(offered, text))}
      splitAt={HOLDS_COMMAS.has(field.name) ? /\n/ : /[,\n]/}
    />
  );
}

/** Lists of texts in which a comma is nothing special. */
const HOLDS_COMMAS: ReadonlySet<string> = new Set(["received_lines", "goals", "descriptions"]);

function JsonControl({ value, onValue, kind }: ControlProps): ReactNode {
  const placeholder = kind.is === "dictionary" ? '{ "name": "value" }' : "{ }";
  return <JsonField value={value} onValue={onValue} placeholder={placeholder} />;
}

function ExtensionsControl({ value, onValue, path }: ControlProps): ReactNode {
  const { type } = useForm();
  return (
    <ExtensionsField type={type} value={value} onValue={onValue} path={path} draw={FormControl} />
  );
}

/** The definition of a marking: a statement, which is all that can be made; anything else as JSON. */
function StatementControl(props: ControlProps): ReactNode {
  const { value, onValue } = props;
  const names = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const isStatement = value === undefined || (names.length === 1 && names[0] === "statement");
  return isStatement ? (
    <Textarea
      className="wideInput"
      value={textOf((value as { statement?: unknown } | undefined)?.statement)}
      placeholder="Such as: For members of the association only."
      onChange={(_event, data) =>
        onValue(data.value === "" ? undefined : { statement: data.value })
      }
    />
  ) : (
    <JsonControl {...props} />
  );
}

function PatternControl({ value, onValue, inner }: ControlProps): ReactNode {
  const { values } = useForm();
  const set = (text: string): void => onValue(text === "" ? undefined : text);
  const type = textOf(values["pattern_type"]);
  return type === "" || type === "stix" ? (
    <PatternField pattern={textOf(value)} onPattern={set} field={inner} />
  ) : (
    <Textarea
      className="wideInput mono"
      value={textOf(value)}
      resize="vertical"
      spellCheck={false}
      onChange={(_event, data) => set(data.value)}
    />
  );
}
