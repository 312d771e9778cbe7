/** Somebody else has saved meanwhile: what they changed, what I changed, and a choice where it is the same property. */
import { Button, MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { type Clash, merged } from "./merge.ts";
import type { Values } from "./model.ts";

/** The choice. */
export function Conflict({
  clashes,
  theirs,
  onMerged,
}: {
  readonly clashes: readonly Clash[];
  /** What is stored now. */
  readonly theirs: Values;
  readonly onMerged: (values: Values) => void;
}): ReactNode {
  const both = clashes.filter(({ by }) => by === "both").map(({ name }) => name);
  const [mine, setMine] = useState<ReadonlySet<string>>(() => new Set(both));
  const choose = (name: string, isMine: boolean): void =>
    setMine(
      (old) => new Set([...old].filter((each) => each !== name).concat(isMine ? [name] : [])),
    );
  return (
    <section className="stack tight" aria-label="Changed meanwhile">
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>Somebody has changed it meanwhile</MessageBarTitle>
          Nothing of yours is lost: it is put on top of what is stored now.
          {both.length === 0 ? "" : " Where both of you changed something, choose."} Then save
          again.
        </MessageBarBody>
      </MessageBar>
      <div className="conflicts">
        {clashes.map((clash) => (
          <ClashRow
            key={clash.name}
            clash={clash}
            isMine={mine.has(clash.name)}
            onChoose={(isMine) => choose(clash.name, isMine)}
          />
        ))}
      </div>
      <span className="inline">
        <Button appearance="primary" onClick={() => onMerged(merged(theirs, clashes, mine))}>
          Put my changes on top
        </Button>
        <Button onClick={() => onMerged(theirs)}>Drop my changes</Button>
      </span>
    </section>
  );
}

function ClashRow({
  clash: { name, before, theirs, mine, by },
  isMine,
  onChoose,
}: {
  readonly clash: Clash;
  readonly isMine: boolean;
  readonly onChoose: (isMine: boolean) => void;
}): ReactNode {
  const sides = [
    { label: "Theirs", value: theirs, chosen: !isMine, pick: false },
    { label: "Mine", value: mine, chosen: isMine, pick: true },
  ];
  return (
    <fieldset className="formRow">
      <legend>{name}</legend>
      <span className="hint">
        It was <code className="breaks">{shown(before)}</code>
      </span>
      {by === "both" ? (
        sides.map(({ label, value, chosen, pick }) => (
          <label key={label} className="side">
            <input type="radio" name={name} checked={chosen} onChange={() => onChoose(pick)} />
            <span>
              {label}: <code className="breaks">{shown(value)}</code>
            </span>
          </label>
        ))
      ) : (
        <span>
          {by === "them" ? "They made it " : "You made it "}
          <code className="breaks">{shown(by === "them" ? theirs : mine)}</code>
        </span>
      )}
    </fieldset>
  );
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
