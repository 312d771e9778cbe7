/** Tags, with those offered that other objects have. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import type { FacetValue } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";
import { usePaused } from "./find-objects.ts";
import { ListField } from "./list-field.tsx";
import { matching } from "./suggest.tsx";

const OFFERED_MAX = 20;

/** The tags. */
export function LabelsField({
  items,
  onItems,
  field = {},
}: {
  readonly items: readonly string[];
  readonly onItems: (items: readonly string[]) => void;
  readonly field?: object;
}): ReactNode {
  const [typed, setTyped] = useState("");
  const known = useKnownTags(typed);
  return (
    <ListField
      items={items}
      onItems={onItems}
      label="Tags"
      offer={(text) => matching(known, text)}
      onTyped={setTyped}
      field={field}
    />
  );
}

/** The most frequent tags that begin with what was typed. */
function useKnownTags(typed: string): readonly string[] {
  const base = useApiBase();
  const prefix = usePaused(typed).trim();
  const { data = [] } = useQuery({
    queryKey: ["tags", base, prefix],
    queryFn: ({ signal }) =>
      call<readonly FacetValue[]>(
        `${base}/facets/label?limit=${OFFERED_MAX}&prefix=${encodeURIComponent(prefix)}`,
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
  return data.flatMap(({ value }) => (value === null ? [] : [value]));
}
