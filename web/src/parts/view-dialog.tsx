/** Asks for the name of a view, and for whom it is. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  Radio,
  RadioGroup,
} from "@fluentui/react-components";
import { type FormEvent, type ReactNode, useState } from "react";

/** What was answered. */
export interface ViewName {
  readonly name: string;
  readonly isShared: boolean;
}

/** As long as names of documents may be. */
const NAME_LENGTH_MAX = 120;

/** The dialog. */
export function ViewDialog({
  title,
  name: given,
  mayShare,
  taken,
  onName,
  onClose,
}: {
  readonly title: string;
  readonly name: string;
  readonly mayShare: boolean;
  readonly taken: readonly string[];
  readonly onName: (name: ViewName) => void;
  readonly onClose: () => void;
}): ReactNode {
  const [typed, setTyped] = useState(given);
  const [isShared, setShared] = useState(mayShare);
  const name = typed.trim();
  const isTaken = name !== given && taken.includes(name);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (name !== "" && !isTaken) {
      onName({ name, isShared });
    }
  };
  return (
    <Dialog open onOpenChange={(_event, data) => !data.open && onClose()}>
      <DialogSurface>
        <form onSubmit={onSubmit}>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent>
              <Field
                label="Name"
                required
                validationState={isTaken ? "error" : "none"}
                {...(isTaken ? { validationMessage: "There is a view of this name already." } : {})}
              >
                <Input
                  value={typed}
                  maxLength={NAME_LENGTH_MAX}
                  onChange={(_event, data) => setTyped(data.value)}
                />
              </Field>
              {mayShare ? (
                <Field label="For">
                  <RadioGroup
                    value={isShared ? "all" : "own"}
                    onChange={(_event, data) => setShared(data.value === "all")}
                  >
                    <Radio value="all" label="Everybody in this workspace" />
                    <Radio value="own" label="Only me, in this browser" />
                  </RadioGroup>
                </Field>
              ) : null}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>Cancel</Button>
              <Button
                type="submit"
                appearance="primary"
                disabled={name === "" || isTaken || name === given}
              >
                Save
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
