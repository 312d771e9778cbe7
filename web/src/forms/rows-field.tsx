/** Objects inside an object: one, or rows of them, each with the fields that its own table has. */
import { Button } from "@fluentui/react-components";
import { AddRegular, DeleteRegular } from "@fluentui/react-icons";
import { type ReactNode, useRef } from "react";
import { useFieldState } from "./form-context.ts";
import { type FormField, nestedFieldsOf, type Values, withValue } from "./model.ts";

/** Draws one field inside of a row. */
export type DrawField = (props: {
  readonly field: FormField;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly path: string;
}) => ReactNode;

/** The rows of a list. */
export function RowsField({
  type,
  value,
  onValue,
  path,
  label,
  draw,
}: {
  readonly type: string;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly path: string;
  readonly label: string;
  readonly draw: DrawField;
}): ReactNode {
  const rows = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const group = useRef<HTMLDivElement>(null);
  const change = (next: readonly unknown[]): void => onValue(next.length === 0 ? undefined : next);
  const add = (): void => {
    change([...rows, {}]);
    requestAnimationFrame(() =>
      group.current
        ?.querySelector<HTMLElement>("fieldset:last-of-type :is(input, textarea, select)")
        ?.focus(),
    );
  };
  return (
    <div className="stack tight" ref={group}>
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is what stands at its place.
        <fieldset key={at} className="formRow">
          <legend>
            {label} {at + 1}
          </legend>
          <NestedFields
            type={type}
            value={row}
            path={`${path}[${at}]`}
            draw={draw}
            onValue={(next) => change(rows.map((each, place) => (place === at ? next : each)))}
          />
          <Button
            className="addRow"
            size="small"
            appearance="subtle"
            icon={<DeleteRegular />}
            onClick={() => change(rows.filter((_row, place) => place !== at))}
          >
            Take row {at + 1} away
          </Button>
        </fieldset>
      ))}
      <Button className="addRow" size="small" icon={<AddRegular />} onClick={add}>
        Add a row
      </Button>
    </div>
  );
}

/** The fields of one object inside an object. */
export function NestedFields({
  type,
  value,
  onValue,
  path,
  draw: Draw,
}: {
  readonly type: string;
  readonly value: unknown;
  readonly onValue: (value: Values) => void;
  readonly path: string;
  readonly draw: DrawField;
}): ReactNode {
  const values = (typeof value === "object" && value !== null ? value : {}) as Values;
  const { validationMessage } = useFieldState(path, false);
  return (
    <div className="nested">
      {nestedFieldsOf(type).map((field) => (
        <Draw
          key={field.name}
          field={field}
          value={values[field.name]}
          path={`${path}.${field.name}`}
          onValue={(next) => onValue(withValue(values, field.name, next))}
        />
      ))}
      {validationMessage === undefined ? null : (
        <span className="codeReason" role="alert">
          {validationMessage}
        </span>
      )}
    </div>
  );
}
