/** The tabs of queries: one in front, and what can be done with it. */
import { Button, Input, Tab, TabList } from "@fluentui/react-components";
import { AddRegular, DismissRegular, RenameRegular } from "@fluentui/react-icons";
import { type FormEvent, type ReactNode, useState } from "react";
import type { QueryTab, QueryTabs } from "./tabs.ts";

const NAME_LENGTH_MAX = 60;

/** The tabs. */
export function TabBar({
  tabs: { tabs, at },
  onFront,
  onNew,
  onClose,
  onName,
}: {
  readonly tabs: QueryTabs;
  readonly onFront: (id: string) => void;
  readonly onNew: () => void;
  readonly onClose: (id: string) => void;
  readonly onName: (id: string, name: string) => void;
}): ReactNode {
  const [isNaming, setNaming] = useState(false);
  const front = tabs.find(({ id }) => id === at);
  return (
    <div className="tabBar">
      <TabList
        size="small"
        selectedValue={at}
        onTabSelect={(_event, { value }) => onFront(String(value))}
        aria-label="Queries"
      >
        {tabs.map(({ id, name }) => (
          <Tab key={id} value={id}>
            {name}
          </Tab>
        ))}
      </TabList>
      <Button
        size="small"
        appearance="subtle"
        icon={<AddRegular />}
        aria-label="New query (Ctrl+J)"
        title="New query (Ctrl+J)"
        onClick={onNew}
      />
      {isNaming && front !== undefined ? (
        <NameForm
          tab={front}
          onName={(name) => {
            setNaming(false);
            onName(front.id, name);
          }}
        />
      ) : (
        <Button
          size="small"
          appearance="subtle"
          icon={<RenameRegular />}
          aria-label={`Rename ${front?.name ?? ""}`}
          title="Rename the query"
          onClick={() => setNaming(true)}
        />
      )}
      {tabs.length < 2 ? null : (
        <Button
          size="small"
          appearance="subtle"
          icon={<DismissRegular />}
          aria-label={`Close ${front?.name ?? ""}`}
          title="Close the query"
          onClick={() => onClose(at)}
        />
      )}
    </div>
  );
}

function NameForm({
  tab: { name },
  onName,
}: {
  readonly tab: QueryTab;
  readonly onName: (name: string) => void;
}): ReactNode {
  const [text, setText] = useState(name);
  const give = (): void =>
    onName(text.trim() === "" ? name : text.trim().slice(0, NAME_LENGTH_MAX));
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    give();
  };
  return (
    <form onSubmit={onSubmit}>
      <Input
        size="small"
        autoFocus
        aria-label="Name of the query"
        value={text}
        onChange={(_event, data) => setText(data.value)}
        onBlur={give}
        onKeyDown={(event) => event.key === "Escape" && onName(name)}
      />
    </form>
  );
}
