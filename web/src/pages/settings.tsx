/** Settings: people, applications, roles, somebody's own keys, and the log of what was changed. */
import { Tab, TabList, Title2 } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { type PageState, usePageState } from "../parts/page-state.ts";
import { Applications } from "../settings/applications.tsx";
import { Audit } from "../settings/audit.tsx";
import { Keys } from "../settings/keys.tsx";
import { People } from "../settings/people.tsx";
import { Roles } from "../settings/roles.tsx";

interface SectionProps {
  readonly state: PageState;
  readonly set: (change: PageState, replace?: boolean) => void;
}

interface Section {
  readonly id: string;
  readonly label: string;
  readonly Part: (props: SectionProps) => ReactNode;
}

const SECTIONS: readonly [Section, ...Section[]] = [
  { id: "applications", label: "Applications", Part: Applications },
  { id: "people", label: "People", Part: People },
  { id: "roles", label: "Roles", Part: Roles },
  { id: "keys", label: "My keys", Part: Keys },
  { id: "audit", label: "Audit log", Part: Audit },
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
        onTabSelect={(_event, data) => set({ section: String(data.value) })}
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
