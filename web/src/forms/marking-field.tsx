/** Who may use and share an object: a level of the Traffic Light Protocol, and other markings of the store. */
import { type ReactNode, useId } from "react";
import { type TlpLevel, tlpOf } from "../../../src/stix/index.ts";
import { Tlp } from "../parts/tlp.tsx";
import { ObjectPicker } from "./object-picker.tsx";

/** The markings of TLP 2.0. @see https://www.first.org/tlp/ */
const TLP2: readonly (readonly [level: TlpLevel, id: string, who: string])[] = [
  ["white", "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487", "everybody"],
  ["green", "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "the community"],
  [
    "amber",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "the organisation and its clients",
  ],
  ["amber+strict", "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003", "the organisation"],
  ["red", "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "named recipients"],
];

/** The level of one marking, whatever version of TLP it is of; null for any other marking. */
function levelOf(id: string): TlpLevel | null {
  return tlpOf([id], { tlpGreenAlias: true });
}

/** The chooser. */
export function MarkingField({
  value,
  onValue,
  label,
  field = {},
}: {
  readonly value: readonly string[];
  readonly onValue: (value: readonly string[] | undefined) => void;
  readonly label: string;
  readonly field?: object;
}): ReactNode {
  // The level has the id that the field around gives.
  const id = useId();
  const levels = value.filter((id) => levelOf(id) !== null);
  const others = value.filter((id) => levelOf(id) === null);
  const level = tlpOf(value, { tlpGreenAlias: true });
  const change = (next: readonly string[]): void => onValue(next.length === 0 ? undefined : next);
  return (
    <div className="stack tight">
      <span className="inline">
        <select
          {...field}
          className="picker"
          value={level ?? ""}
          onChange={(event) => {
            const id = TLP2.find(([each]) => each === event.target.value)?.[1];
            change([...(id === undefined ? [] : [id]), ...others]);
          }}
        >
          <option value="">No TLP level</option>
          {TLP2.map(([each, , who]) => (
            <option key={each} value={each}>
              {`TLP:${(each === "white" ? "clear" : each).toUpperCase()}: ${who}`}
            </option>
          ))}
        </select>
        <Tlp level={level} />
      </span>
      <details className="otherMarkings" open={others.length > 0}>
        <summary>Other markings</summary>
        <ObjectPicker
          ids={others}
          onIds={(ids) => change([...levels, ...ids])}
          types={["marking-definition"]}
          label={label}
          field={{ id, "aria-label": `${label}: other markings` }}
        />
      </details>
    </div>
  );
}
