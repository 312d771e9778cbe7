/** Chooses one of the values that a property has, with how often each occurs. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { FacetValue } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";

const VALUES_MAX = 200;

const LABELS = { source: "Any source", label: "Any tag", tlp: "Any TLP" } as const;

/** The chooser. */
export function FacetPicker({
  field,
  value,
  onValue,
}: {
  readonly field: keyof typeof LABELS;
  readonly value: string | undefined;
  readonly onValue: (value: string | undefined) => void;
}): ReactNode {
  const base = useApiBase();
  const { data = [] } = useQuery({
    queryKey: ["facet", base, field],
    queryFn: ({ signal }) =>
      call<readonly FacetValue[]>(`${base}/facets/${field}?limit=${VALUES_MAX}`, { signal }),
  });
  const known = data.some((each) => (each.value ?? "none") === value);
  return (
    <select
      className="picker"
      aria-label={LABELS[field]}
      value={value ?? ""}
      onChange={(event) => onValue(event.target.value === "" ? undefined : event.target.value)}
    >
      <option value="">{LABELS[field]}</option>
      {value === undefined || known ? null : <option value={value}>{value}</option>}
      {data.map(({ value: each, count }) => (
        <option key={each} value={each ?? "none"}>
          {each ?? "none"} ({count.toLocaleString("en")})
        </option>
      ))}
    </select>
  );
}
