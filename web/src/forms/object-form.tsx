/** The form of an object: what is needed, what most people fill in, the rest; and the object that comes of it. */
import { Button, MessageBar, MessageBarBody, Subtitle2 } from "@fluentui/react-components";
import { ChevronDownRegular, ChevronRightRegular } from "@fluentui/react-icons";
import { type ReactNode, useMemo, useState } from "react";
import { CopyButton } from "../parts/copy-button.tsx";
import { type FieldFinding, findingsOf } from "./findings.ts";
import { FormProvider } from "./form-context.ts";
import { FormControl } from "./form-control.tsx";
import "./forms.css";
import {
  customFields,
  type FormField,
  type FormFields,
  fieldsOf,
  type Values,
  withValue,
} from "./model.ts";

/** What is wrong with a form as a whole, and how to point at it. */
export interface FormJudgement {
  readonly findings: readonly FieldFinding[];
  readonly hasErrors: boolean;
}

/** Judges what a form makes. */
export function useJudgement(object: Values, isNew: boolean): FormJudgement {
  return useMemo(() => {
    const findings = findingsOf(object, isNew);
    return { findings, hasErrors: findings.some(({ severity }) => severity === "error") };
  }, [object, isNew]);
}

/** The fields of a form. */
export function ObjectForm({
  type,
  values,
  onValues,
  findings,
  isTried,
  allowed,
}: {
  readonly type: string;
  readonly values: Values;
  readonly onValues: (change: (old: Values) => Values) => void;
  readonly findings: readonly FieldFinding[];
  /** Somebody has tried to save, so that everything that is wrong is said. */
  readonly isTried: boolean;
  /** The only properties that may be changed; all when left out. */
  readonly allowed?: readonly string[];
}): ReactNode {
  const [visited, setVisited] = useState<ReadonlySet<string>>(new Set());
  // What was there when the form was opened keeps its field, even when it is emptied.
  const [custom] = useState(() => (allowed === undefined ? customFields(type, values) : []));
  const fields = useMemo(() => shownFields(type, allowed, custom), [type, allowed, custom]);
  const isFilled = ({ name }: FormField): boolean => values[name] !== undefined;
  const hasFault = ({ name }: FormField): boolean =>
    findings.some(({ path, severity }) => severity === "error" && isAt(path, name));
  const [isOpen, setOpen] = useState(() => fields.more.some(isFilled));
  const isMoreShown = isOpen || (isTried && fields.more.some(hasFault));
  const shown = [...fields.required, ...fields.open, ...(isMoreShown ? fields.more : [])];
  const draw = (field: FormField): ReactNode => (
    <FormControl
      key={field.name}
      field={field}
      value={values[field.name]}
      path={field.name}
      onValue={(value) => onValues((old) => withValue(old, field.name, value))}
    />
  );
  return (
    <FormProvider
      value={{
        type,
        values,
        findings,
        visited,
        isTried,
        onVisit: (path) => setVisited((old) => (old.has(path) ? old : new Set([...old, path]))),
      }}
    >
      <div className="objectForm">
        {fields.required.map(draw)}
        {fields.open.map(draw)}
        {fields.more.length === 0 ? null : (
          <Button
            className="addRow moreFields"
            appearance="transparent"
            icon={isMoreShown ? <ChevronDownRegular /> : <ChevronRightRegular />}
            aria-expanded={isMoreShown}
            onClick={() => setOpen(!isMoreShown)}
          >
            More: {fields.more.length} further properties
          </Button>
        )}
        {isMoreShown ? fields.more.map(draw) : null}
        {isTried || hasOwnValues(values, fields) ? (
          <Unplaced findings={findings} shown={shown} />
        ) : null}
      </div>
    </FormProvider>
  );
}

/** Nothing is said of what is missing as a whole before something was filled in. */
function hasOwnValues(values: Values, { required, open }: FormFields): boolean {
  return [...required, ...open].some(({ name }) => values[name] !== undefined);
}

/** What is wrong and has no field of its own to say so. */
function Unplaced({
  findings,
  shown,
}: {
  readonly findings: readonly FieldFinding[];
  readonly shown: readonly FormField[];
}): ReactNode {
  const elsewhere = findings.filter(
    ({ path, severity }) =>
      (path === "" || severity === "error") && !shown.some(({ name }) => isAt(path, name)),
  );
  return elsewhere.map(({ path, message, severity }) => (
    <MessageBar key={`${path} ${message}`} intent={severity} layout="multiline">
      <MessageBarBody>{path === "" ? message : `${path}: ${message}`}</MessageBarBody>
    </MessageBar>
  ));
}

function isAt(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}[`) || path.startsWith(`${name}.`);
}

function shownFields(
  type: string,
  allowed: readonly string[] | undefined,
  custom: readonly FormField[],
): FormFields {
  const fields = fieldsOf(type);
  if (allowed === undefined) {
    return { ...fields, more: [...fields.more, ...custom] };
  }
  const all = [...fields.required, ...fields.open, ...fields.more];
  return { required: [], open: all.filter(({ name }) => allowed.includes(name)), more: [] };
}

/** The object as it will be stored. */
export function Preview({
  object,
  note,
}: {
  readonly object: Values;
  readonly note: string;
}): ReactNode {
  const text = JSON.stringify(object, null, 2);
  return (
    <section className="preview" aria-label="The object that will be stored">
      <span className="inline">
        <Subtitle2 as="h3">What will be stored</Subtitle2>
        <span className="grow" />
        <CopyButton text={text} what="the object" />
      </span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text scrolls, so the keys have to reach it. */}
      <pre className="json" tabIndex={0}>
        {text}
      </pre>
      <p className="hint">{note}</p>
    </section>
  );
}

/** Leads to the first field that is wrong. */
export function focusFirstFault(form: HTMLElement | null, findings: readonly FieldFinding[]): void {
  const wrong = new Set(
    findings
      .filter(({ severity }) => severity === "error")
      .map(({ path }) => path.split(/[.[]/)[0]),
  );
  const places = [...(form?.querySelectorAll<HTMLElement>("[data-path]") ?? [])];
  const place = places.find(({ dataset }) => wrong.has(dataset["path"]));
  place?.querySelector<HTMLElement>("input, textarea, select, button")?.focus();
}
