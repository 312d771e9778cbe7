/**
 * Makes an object of one's own: a form for each type with the specification's own words, checked while typing by the
 * very code that checks uploads.
 */
import {
  Body1,
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  Select,
  Textarea,
} from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useMemo, useState } from "react";
import { validateObject } from "../../../src/stix/index.ts";
import { call } from "../api/client.ts";
import type { ObjectView } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";

interface FormField {
  readonly property: string;
  readonly label: string;
  readonly help: string;
  readonly isRequired?: boolean;
  readonly kind?: "long" | "list" | "number";
}

const NAME: FormField = {
  property: "name",
  label: "Name",
  help: "What people call it",
  isRequired: true,
};
const DESCRIPTION: FormField = {
  property: "description",
  label: "Description",
  help: "What it is about, its purpose and its characteristics",
  kind: "long",
};
const LABELS: FormField = {
  property: "labels",
  label: "Tags",
  help: "Separated by commas",
  kind: "list",
};
const CONFIDENCE: FormField = {
  property: "confidence",
  label: "Confidence",
  help: "0 to 100: how far you trust that it is right",
  kind: "number",
};

/** Fields of each type, in the order of the form. @see STIX 2.1 §4 */
const FORMS: Readonly<Record<string, readonly FormField[]>> = {
  indicator: [
    { ...NAME, isRequired: false },
    {
      property: "pattern",
      label: "Pattern",
      help: "Such as [ipv4-addr:value = '203.0.113.7']",
      isRequired: true,
      kind: "long",
    },
    DESCRIPTION,
    {
      property: "indicator_types",
      label: "Threat types",
      help: "Such as malicious-activity, anonymization; separated by commas",
      kind: "list",
    },
    { property: "valid_from", label: "Valid from", help: "Empty: from now on" },
    { property: "valid_until", label: "Valid until", help: "Such as 2027-01-31T00:00:00Z" },
    CONFIDENCE,
    LABELS,
  ],
  "attack-pattern": [NAME, DESCRIPTION, CONFIDENCE, LABELS],
  identity: [
    NAME,
    {
      property: "identity_class",
      label: "Class",
      help: "individual, group, system, organization, class or unknown",
    },
    DESCRIPTION,
    LABELS,
  ],
  "threat-actor": [
    NAME,
    {
      property: "threat_actor_types",
      label: "Types",
      help: "Such as crime-syndicate, nation-state; separated by commas",
      kind: "list",
    },
    {
      property: "aliases",
      label: "Aliases",
      help: "Other names, separated by commas",
      kind: "list",
    },
    DESCRIPTION,
    CONFIDENCE,
    LABELS,
  ],
  malware: [
    { ...NAME, isRequired: false },
    {
      property: "malware_types",
      label: "Types",
      help: "Such as ransomware, remote-access-trojan; separated by commas",
      kind: "list",
    },
    DESCRIPTION,
    LABELS,
  ],
  campaign: [NAME, DESCRIPTION, CONFIDENCE, LABELS],
  "intrusion-set": [NAME, DESCRIPTION, CONFIDENCE, LABELS],
  tool: [NAME, DESCRIPTION, LABELS],
  vulnerability: [NAME, DESCRIPTION, LABELS],
};

/** What a copy keeps when "Add and duplicate" empties the form: the metadata that the next one has as well. */
const KEPT: readonly string[] = [
  "labels",
  "confidence",
  "indicator_types",
  "valid_from",
  "valid_until",
];

const VALIDATION = {
  profile: "strict",
  defaultSpecVersion: "2.1",
  patternTypeOn20: "optional",
  timestamps: "lenient",
  supportedTypes: "stix",
  coerceNumericStrings: false,
  tlpGreenAlias: true,
  severity: {},
} as const;

/** A stand-in until the server gives the real one. */
const SOME_UUID = "00000000-0000-4000-8000-000000000000";

type Values = Readonly<Record<string, string>>;

/** The dialog. */
export function NewObject({
  onClose,
  onMade,
}: {
  readonly onClose: () => void;
  readonly onMade: (id: string) => void;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const [type, setType] = useState("indicator");
  const [values, setValues] = useState<Values>({});
  const object = useMemo(() => objectOf(type, values), [type, values]);
  const findings = useMemo(() => findingsOf(object), [object]);
  const isComplete = (FORMS[type] ?? []).every(
    ({ property, isRequired }) => isRequired !== true || (values[property] ?? "").trim() !== "",
  );
  const make = useMutation({
    mutationFn: (_again: boolean) =>
      call<ObjectView>(`${base}/objects`, { method: "POST", body: object }),
    onSuccess: async (view, again) => {
      await queries.invalidateQueries();
      if (again) {
        setValues((old) =>
          Object.fromEntries(Object.entries(old).filter(([property]) => KEPT.includes(property))),
        );
      } else {
        onMade(view.id);
      }
    },
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate(false);
  };
  const errors = findings.filter(({ severity }) => severity === "error");
  return (
    <Dialog open onOpenChange={(_event, data) => !data.open && onClose()}>
      <DialogSurface>
        <form onSubmit={onSubmit}>
          <DialogBody>
            <DialogTitle>New object</DialogTitle>
            <DialogContent className="form">
              <Field label="Type">
                <Select value={type} onChange={(_event, data) => setType(data.value)}>
                  {Object.keys(FORMS).map((each) => (
                    <option key={each}>{each}</option>
                  ))}
                </Select>
              </Field>
              {(FORMS[type] ?? []).map((field) => (
                <FormControl
                  key={field.property}
                  field={field}
                  value={values[field.property] ?? ""}
                  fault={isComplete ? faultOf(findings, field.property) : undefined}
                  onValue={(value) => setValues((old) => ({ ...old, [field.property]: value }))}
                />
              ))}
              {make.error === null ? null : <Body1 role="alert">{make.error.message}</Body1>}
              {make.data !== undefined && make.variables === true ? (
                <Body1 role="status">Added {make.data.title}.</Body1>
              ) : null}
            </DialogContent>
            <DialogActions fluid>
              <Button onClick={onClose}>Close</Button>
              <Button
                disabled={!isComplete || errors.length > 0 || make.isPending}
                onClick={() => make.mutate(true)}
              >
                Add and duplicate
              </Button>
              <Button
                type="submit"
                appearance="primary"
                disabled={!isComplete || errors.length > 0 || make.isPending}
              >
                Add
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

interface Fault {
  readonly severity: "error" | "warning";
  readonly message: string;
}

function FormControl({
  field: { label, help, isRequired = false, kind },
  value,
  fault,
  onValue,
}: {
  readonly field: FormField;
  readonly value: string;
  readonly fault: Fault | undefined;
  readonly onValue: (value: string) => void;
}): ReactNode {
  return (
    <Field
      label={label}
      hint={help}
      required={isRequired}
      {...(fault === undefined
        ? {}
        : { validationState: fault.severity, validationMessage: fault.message })}
    >
      {kind === "long" ? (
        <Textarea
          value={value}
          resize="vertical"
          onChange={(_event, data) => onValue(data.value)}
        />
      ) : (
        <Input
          value={value}
          type={kind === "number" ? "number" : "text"}
          onChange={(_event, data) => onValue(data.value)}
        />
      )}
    </Field>
  );
}

function objectOf(type: string, values: Values): Readonly<Record<string, unknown>> {
  const fields = FORMS[type] ?? [];
  const entries = fields.flatMap(({ property, kind }) => {
    const text = (values[property] ?? "").trim();
    if (text === "") {
      return [];
    }
    const list = text.split(",").map((each) => each.trim());
    const value =
      kind === "number"
        ? Number(text)
        : kind === "list"
          ? list.filter((each) => each !== "")
          : text;
    return [[property, value] as const];
  });
  return { type, ...Object.fromEntries(entries) };
}

interface PropertyFault extends Fault {
  readonly path: string;
}

function findingsOf(object: Readonly<Record<string, unknown>>): readonly PropertyFault[] {
  const now = new Date().toISOString();
  const completed = {
    spec_version: "2.1",
    id: `${String(object["type"])}--${SOME_UUID}`,
    created: now,
    modified: now,
    ...(object["type"] === "indicator" ? { pattern_type: "stix", valid_from: now } : {}),
    ...(object["type"] === "malware" ? { is_family: true } : {}),
    ...object,
  };
  return validateObject(completed, VALIDATION)
    .findings.filter(({ path }) => path !== "id")
    .map((finding) => ({
      path: finding.path,
      severity: finding.severity === "error" ? "error" : "warning",
      message: finding.reason,
    }));
}

function faultOf(findings: readonly PropertyFault[], property: string): Fault | undefined {
  const own = findings.filter(({ path }) => path === property || path.startsWith(`${property}[`));
  return own.find(({ severity }) => severity === "error") ?? own[0];
}
