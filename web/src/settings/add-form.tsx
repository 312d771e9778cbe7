/** A name, perhaps a second text, and a button: how a person, an application or a key is added. */
import { Button, Field, Input } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";

const LENGTH_MAX = 256;

/** The form. */
export function AddForm({
  label,
  second,
  button,
  isBusy,
  onAdd,
}: {
  readonly label: string;
  /** Label of a text that may be left out. */
  readonly second?: string;
  readonly button: string;
  readonly isBusy: boolean;
  readonly onAdd: (first: string, second: string) => Promise<unknown>;
}): ReactNode {
  const [first, setFirst] = useState("");
  const [other, setOther] = useState("");
  return (
    <form
      className="controls"
      onSubmit={(event) => {
        event.preventDefault();
        // A refusal is shown by whoever adds; what was typed stays.
        onAdd(first.trim(), other.trim()).then(
          () => {
            setFirst("");
            setOther("");
          },
          () => undefined,
        );
      }}
    >
      <Field label={label} required>
        <Input
          value={first}
          maxLength={LENGTH_MAX}
          onChange={(_event, data) => setFirst(data.value)}
        />
      </Field>
      {second === undefined ? null : (
        <Field label={second}>
          <Input
            value={other}
            maxLength={LENGTH_MAX}
            onChange={(_event, data) => setOther(data.value)}
          />
        </Field>
      )}
      <Button type="submit" appearance="primary" disabled={first.trim() === "" || isBusy}>
        {button}
      </Button>
    </form>
  );
}
