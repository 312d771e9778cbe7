/** What to do while nothing has arrived: a line to paste, and where files and tools go. */
import { Button } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useConnectorIds } from "../connect/connector-ids.ts";
import { CONNECTORS } from "../connect/connectors.ts";
import { CodeBlock } from "../parts/code-block.tsx";
import { Panel } from "../parts/panel.tsx";
import { useWorkspace } from "../shell/session.tsx";

/** The steps. */
export function FirstSteps(): ReactNode {
  const { workspaceId } = useWorkspace();
  const navigate = useNavigate();
  const ids = useConnectorIds({});
  const blocks = useMemo(
    () => CONNECTORS.find(({ id }) => id === "curl")?.blocks(ids) ?? [],
    [ids],
  );
  const go = (page: string): void => {
    void navigate({ to: `/w/${workspaceId}/${page}` });
  };
  return (
    <Panel
      title="Nothing has arrived yet"
      hint="Paste these lines into a terminal: they ask for the client secret of your application and upload a first indicator. This page shows it as soon as it is there."
      actions={
        <span className="inline">
          <Button onClick={() => go("import")}>Import a file</Button>
          <Button appearance="primary" onClick={() => go("connect")}>
            Connect a tool
          </Button>
        </span>
      }
    >
      {blocks.map(({ title, text }) => (
        <CodeBlock key={title} title={title} text={text} />
      ))}
    </Panel>
  );
}
