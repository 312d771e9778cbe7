/** The body of the details: what is loaded when the first object is opened. */
import type { ReactNode } from "react";
import type { PartProps } from "./details-part.ts";
import { EditForm } from "./edit-form.tsx";

export { ObjectFields } from "./object-fields.tsx";
export { History } from "./object-history.tsx";
export { QuickActions } from "./quick-actions.tsx";
export { RawJson } from "./raw-json.tsx";
export { RelatedList } from "./related-list.tsx";

/** The form for changes. */
export function EditPart({ view, onPart }: PartProps): ReactNode {
  return <EditForm view={view} onDone={() => onPart("fields")} />;
}
