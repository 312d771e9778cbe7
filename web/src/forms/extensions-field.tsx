/** Extensions of an object: those that the standard has for its type as fields, any others as JSON. */
import { Button } from "@fluentui/react-components";
import { DeleteRegular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { PREDEFINED_EXTENSIONS } from "../../../src/stix/index.ts";
import { useForm } from "./form-context.ts";
import { JsonField } from "./json-field.tsx";
import { type Values, withValue } from "./model.ts";
import { type DrawField, NestedFields } from "./rows-field.tsx";

/** Names of the extensions that the standard has for a type. */
function extensionsFor(type: string): readonly string[] {
  return [...PREDEFINED_EXTENSIONS.values()]
    .filter((each) => each.extends === type)
    .map(({ name }) => name);
}

/** The extensions. */
export function ExtensionsField({
  type,
  value,
  onValue,
  path,
  draw,
}: {
  readonly type: string;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly path: string;
  readonly draw: DrawField;
}): ReactNode {
  const { findings } = useForm();
  const values = (typeof value === "object" && value !== null ? value : {}) as Values;
  const known = extensionsFor(type);
  const chosen = known.filter((name) => values[name] !== undefined);
  const free = known.filter((name) => values[name] === undefined);
  const others = Object.fromEntries(
    Object.entries(values).filter(([name]) => !known.includes(name) && name !== UNREADABLE),
  );
  const change = (next: Values): void => onValue(Object.keys(next).length === 0 ? undefined : next);
  return (
    <div className="stack tight">
      {chosen.map((name) => (
        <fieldset key={name} className="formRow">
          <legend>{name}</legend>
          <NestedFields
            type={name}
            value={values[name]}
            path={`${path}.${name}`}
            draw={draw}
            onValue={(next) => change(withValue(values, name, next))}
          />
          <Button
            className="addRow"
            size="small"
            appearance="subtle"
            icon={<DeleteRegular />}
            onClick={() => change(withValue(values, name, undefined))}
          >
            Take {name} away
          </Button>
        </fieldset>
      ))}
      {free.length === 0 ? null : (
        <select
          className="picker"
          aria-label="Add an extension of the standard"
          value=""
          onChange={(event) => change(withValue(values, event.target.value, {}))}
        >
          <option value="">Add an extension of the standard</option>
          {free.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      <JsonField
        value={Object.keys(others).length === 0 ? undefined : others}
        label={known.length === 0 ? "Extensions as JSON" : "Other extensions as JSON"}
        onValue={(next) => change({ ...pick(values, chosen), ...asMembers(next) })}
        placeholder='{ "extension-definition--…": { } }'
      />
      {findings
        .filter((each) => {
          const key = each.path.slice(path.length + 1);
          return each.path.startsWith(`${path}.`) && !chosen.some((name) => key.startsWith(name));
        })
        .map(({ path: place, message }) => (
          <span key={place + message} className="codeReason" role="alert">
            {place.slice(path.length + 1)}: {message}
          </span>
        ))}
    </div>
  );
}

function pick(values: Values, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}

/** Where text stands that can't be read yet, so that the engine refuses it and nothing is stored without it. */
const UNREADABLE = "unreadable";

function asMembers(value: unknown): Values {
  if (value === undefined) {
    return {};
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Values) : { [UNREADABLE]: value };
}
