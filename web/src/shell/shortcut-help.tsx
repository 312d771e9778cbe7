/** The list of all keys that work now. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import type { ReactNode } from "react";
import { type ShortcutGroup, useAllShortcuts } from "./keys.tsx";

/** The list. */
export function ShortcutHelp({ onClose }: { readonly onClose: () => void }): ReactNode {
  const sections = sectionsOf(useAllShortcuts());
  return (
    <Dialog open onOpenChange={(_event, data) => !data.open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Keys</DialogTitle>
          <DialogContent>
            {sections.map(({ title, shortcuts }) => (
              <section key={title} aria-label={title}>
                <h3 className="keysHeading">{title}</h3>
                <dl className="keys">
                  {shortcuts.map(({ keys, label }) => (
                    <div key={`${keys} ${label}`}>
                      <dt>
                        {keys.split(" ").map((key) => (
                          <kbd key={key}>{key}</kbd>
                        ))}
                      </dt>
                      <dd>{label}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onClose}>
              Close
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** Parts of a page that have keys under the same heading stand together; what always works comes last. */
function sectionsOf(groups: readonly ShortcutGroup[]): readonly ShortcutGroup[] {
  const titles = [...new Set(groups.map(({ title }) => title))];
  return titles
    .map((title) => ({
      title,
      shortcuts: groups
        .filter((each) => each.title === title)
        .flatMap(({ shortcuts }) => shortcuts),
    }))
    .toSorted((one, other) => rank(one) - rank(other));
}

function rank({ title }: ShortcutGroup): number {
  return title === "This page" ? 0 : title === "Everywhere" ? 2 : 1;
}
