/** Settings: applications, workspaces, people, roles, own keys, the log of what was changed, and the server. */
import { Tab, TabList, Title2 } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { usePageState } from "../parts/page-state.ts";
import type { SectionProps } from "../settings/admin.ts";
import { Applications } from "../settings/applications.tsx";
import { Audit } from "../settings/audit.tsx";
import { Keys } from "../settings/keys.tsx";
import { People } from "../settings/people.tsx";
import { Roles } from "../settings/roles.tsx";
import { Server } from "../settings/server.tsx";
import { Workspaces } from "../settings/workspaces.tsx";

interface Section {
  readonly id: string;
  readonly label: string;
  readonly Part: (props: SectionProps) => ReactNode;
}

const SECTIONS: readonly [Section, ...Section[]] = [
  { id: "applications", label: "Applications", Part: Applications },
  { id: "workspaces", label: "Workspaces", Part: Workspaces },
  { id: "people", label: "People", Part: People },
  { id: "roles", label: "Roles", Part: Roles },
  { id: "keys", label: "My keys", Part: Keys },
  { id: "audit", label: "Audit log", Part: Audit },
  { id: "server", label: "Server", Part: Server },
];

/** The page. */
export function Page(): ReactNode {
  const [state, set] = usePageState();
  const { id, Part } = SECTIONS.find((each) => each.id === state["section"]) ?? SECTIONS[0];
  return (
    <div className="stack">
      <Title2 as="h1">Settings</Title2>
      <TabList
        aria-label="Parts of the settings"
        style={{ flexWrap: "wrap" }}
        selectedValue={id}
        onTabSelect={(_event, data) => {
          // What was asked of one part means nothing to another.
          const none = Object.fromEntries(Object.keys(state).map((name) => [name, undefined]));
          set({ ...none, section: String(data.value) });
        }}
      >
        {SECTIONS.map((section) => (
          <Tab key={section.id} value={section.id}>
            {section.label}
          </Tab>
        ))}
      </TabList>
      <Part state={state} set={set} />
    </div>
  );
}
