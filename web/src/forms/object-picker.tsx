/** Chooses objects by what they are called: a search of the store, or an id that is pasted. */
import { Button } from "@fluentui/react-components";
import { DismissRegular } from "@fluentui/react-icons";
import { type ReactNode, useState } from "react";
import type { ObjectView } from "../api/types.ts";
import { useShown } from "../parts/defang.ts";
import { TypeIcon } from "../parts/type-icon.tsx";
import { STIX_ID, useFound, useTitles } from "./find-objects.ts";
import { type Option, Suggest } from "./suggest.tsx";

/** The chooser of any number of objects. */
export function ObjectPicker({
  ids,
  onIds,
  types,
  max,
  isFull = max !== undefined && ids.length >= max,
  label,
  onPicked,
  field = {},
}: {
  readonly ids: readonly string[];
  readonly onIds: (ids: readonly string[]) => void;
  /** Types that fit; undefined for any. */
  readonly types: readonly string[] | undefined;
  readonly max?: number;
  /** Nothing more can be chosen. */
  readonly isFull?: boolean;
  readonly label: string;
  readonly onPicked?: (view: ObjectView) => void;
  /** What a `Field` gives to its control. */
  readonly field?: object;
}): ReactNode {
  const [text, setText] = useState("");
  const { views, isBusy } = useFound(text, types);
  const titles = useTitles(ids);
  const add = (id: string): void => {
    setText("");
    if (!ids.includes(id)) {
      onIds(max === 1 ? [id] : [...ids, id]);
    }
  };
  const addTyped = (typed: string): void => {
    const id = typed.trim().toLowerCase();
    if (STIX_ID.test(id)) {
      add(id);
    }
  };
  return (
    <div className="stack tight">
      {ids.length === 0 ? null : (
        <ul className="chosen" aria-label={`${label}: chosen`}>
          {ids.map((id) => (
            <li key={id}>
              <ObjectName id={id} view={titles.get(id)} />
              <Button
                size="small"
                appearance="transparent"
                icon={<DismissRegular />}
                aria-label={`Take ${titles.get(id)?.title ?? id} away`}
                onClick={() => onIds(ids.filter((each) => each !== id))}
              />
            </li>
          ))}
        </ul>
      )}
      {isFull ? null : (
        <Suggest
          {...field}
          text={text}
          onText={setText}
          busy={isBusy}
          placeholder={types?.length === 1 ? `Search ${types[0]}` : "Search by name, value or id"}
          options={views.filter(({ stixId }) => !ids.includes(stixId)).map(optionOf)}
          onChoose={({ value }) => {
            add(value);
            const view = views.find(({ stixId }) => stixId === value);
            if (view !== undefined) {
              onPicked?.(view);
            }
          }}
          onEnter={addTyped}
          onLeave={addTyped}
        />
      )}
    </div>
  );
}

/** An object as a reference names it. */
export function ObjectName({
  id,
  view,
}: {
  readonly id: string;
  readonly view: ObjectView | undefined;
}): ReactNode {
  const shown = useShown();
  const type = view?.type ?? id.slice(0, Math.max(0, id.indexOf("--")));
  return (
    <span className="objectName" title={id}>
      <TypeIcon type={type} />{" "}
      <span className="text">{view === undefined ? id : shown(view.title)}</span>
      <span className="suggestDetail">{type}</span>
    </span>
  );
}

function optionOf(view: ObjectView): Option {
  return {
    value: view.stixId,
    text: view.title,
    icon: <TypeIcon type={view.type} />,
    detail: view.source === "Microsoft Sentinel" ? view.type : `${view.type} · ${view.source}`,
  };
}
