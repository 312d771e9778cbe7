/** How many objects a condition holds for; nothing waits for it. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { Condition, MatchCount } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";
import { objectsText } from "./object-changes.ts";
import { atInstant } from "./search-state.ts";

/** The number, such as “more than 10,000 objects”. */
export function MatchCountText({
  condition,
}: {
  readonly condition: Condition | undefined;
}): ReactNode {
  const base = useApiBase();
  const count = useQuery({
    queryKey: ["count", base, condition],
    queryFn: ({ signal }) =>
      call<MatchCount>(`${base}/objects/count`, {
        method: "POST",
        body: condition === undefined ? {} : { condition: atInstant(condition, new Date()) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  if (count.data === undefined) {
    return count.error === null ? "Counting…" : "Not counted";
  }
  return `${count.data.exact ? "" : "more than "}${objectsText(count.data.count)}`;
}
