/** Asks for the name of what is to be deleted, typed once more: what goes then does not come back. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  DialogTrigger,
  Field,
  Input,
} from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { Refusal } from "../parts/panel.tsx";

/** The button that opens it, and the dialog. */
export function DeleteDialog({
  name,
  consequence,
  error,
  onDelete,
}: {
  readonly name: string;
  /** What goes with it, and what stays. */
  readonly consequence: string;
  readonly error: Error | null;
  readonly onDelete: () => void;
}): ReactNode {
  const [typed, setTyped] = useState("");
  return (
    <Dialog onOpenChange={() => setTyped("")}>
      <DialogTrigger disableButtonEnhancement>
        <Button size="small" aria-label={`Delete ${name}`}>
          Delete
        </Button>
      </DialogTrigger>
      <DialogSurface>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (typed === name) {
              onDelete();
            }
          }}
        >
          <DialogBody>
            <DialogTitle>Delete {name}?</DialogTitle>
            <DialogContent className="stack tight">
              <p className="hint">{consequence}</p>
              <Field label={`Type its name: ${name}`}>
                <Input
                  value={typed}
                  autoComplete="off"
                  onChange={(_event, data) => setTyped(data.value)}
                />
              </Field>
              <Refusal error={error} />
            </DialogContent>
            <DialogActions>
              <Button type="submit" appearance="primary" disabled={typed !== name}>
                Delete
              </Button>
              <DialogTrigger disableButtonEnhancement>
                <Button>Keep</Button>
              </DialogTrigger>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}
