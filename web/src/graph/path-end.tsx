/** The other end of a path: an object of the picture by the key p, or any object by its name. */
import { Button } from "@fluentui/react-components";
import type { ReactNode } from "react";
import "../forms/forms.css";
import { ObjectPicker } from "../forms/object-picker.tsx";

/** Asks for the other end. */
export function PathEnd({
  from,
  onTo,
  onCancel,
}: {
  /** What the path begins with. */
  readonly from: string;
  /** A STIX id. */
  readonly onTo: (stixId: string) => void;
  readonly onCancel: () => void;
}): ReactNode {
  return (
    <div className="pathEnd">
      <span>
        Path from <b>{from}</b>: choose the other end in the picture and press p, or find any
        object.
      </span>
      <ObjectPicker
        ids={[]}
        onIds={([id]) => id !== undefined && onTo(id)}
        types={undefined}
        max={1}
        label="Other end"
        field={{ "aria-label": "Other end of the path" }}
      />
      <Button size="small" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}
