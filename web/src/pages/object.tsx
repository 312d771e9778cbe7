/** One object on a page of its own: an address that can be passed on. */
import { Button } from "@fluentui/react-components";
import { ArrowLeftRegular } from "@fluentui/react-icons";
import { useNavigate, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Details } from "../parts/details.tsx";
import { useShortcuts } from "../shell/keys.tsx";
import { useWorkspace } from "../shell/session.tsx";

/** The page. */
export function Page(): ReactNode {
  const { objectId = "" } = useParams({ strict: false }) as { readonly objectId?: string };
  const { workspaceId } = useWorkspace();
  const navigate = useNavigate();
  const toList = (): void => {
    void navigate({
      to: "/w/$workspaceId/intelligence",
      params: { workspaceId },
      search: (old: Record<string, unknown>) => ({ ...old, open: objectId }),
    });
  };
  useShortcuts([{ keys: "Escape", label: "Back to the list", run: toList }]);
  return (
    <div className="objectPage">
      <h1 className="unseen">Object</h1>
      <div className="paneBar">
        <Button appearance="subtle" icon={<ArrowLeftRegular />} onClick={toList}>
          To the list (Esc)
        </Button>
      </div>
      <section className="panel" aria-label="Object">
        <Details
          id={objectId}
          known={null}
          isPage
          onOpen={(open) => {
            void navigate({
              to: "/w/$workspaceId/objects/$objectId",
              params: { workspaceId, objectId: open },
              search: (old: Record<string, unknown>) => old,
            });
          }}
        />
      </section>
    </div>
  );
}
