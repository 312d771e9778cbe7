/** Takes rejected records off the list of those to look at, and puts them back. */
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../api/client.ts";
import { useNotices } from "../shell/notices.tsx";
import { useApiBase } from "../shell/session.tsx";

/** A record by its place in its request. */
interface RecordPlace {
  readonly requestId: string;
  readonly recordIndex: number;
}

type Settling = UseMutationResult<number, Error, readonly RecordPlace[]>;

/** Dismisses records; the notice of it can undo it. */
export function useDismiss(): Settling {
  const notices = useNotices();
  const queries = useQueryClient();
  const settle = useSettle();
  return useMutation({
    mutationFn: (records) => settle(records, false),
    onSuccess: async (changed, records) => {
      notices.done(`Dismissed: ${recordsText(changed)}`, {
        undo: async () => {
          const back = await settle(records, true);
          await queries.invalidateQueries();
          return `Back on the list: ${recordsText(back)}`;
        },
      });
      await queries.invalidateQueries();
    },
  });
}

/** Puts dismissed records back. */
export function useRestore(): Settling {
  const queries = useQueryClient();
  const settle = useSettle();
  return useMutation({
    mutationFn: (records) => settle(records, true),
    onSuccess: () => queries.invalidateQueries(),
  });
}

function useSettle(): (records: readonly RecordPlace[], undo: boolean) => Promise<number> {
  const base = useApiBase();
  return async (records, undo) => {
    const requests = Map.groupBy(records, ({ requestId }) => requestId);
    const body = {
      undo,
      records: [...requests].map(([requestId, own]) => ({
        requestId,
        recordIndexes: own.map(({ recordIndex }) => recordIndex),
      })),
    };
    const path = `${base}/quarantine/dismiss`;
    return (await call<{ readonly changed: number }>(path, { method: "POST", body })).changed;
  };
}

function recordsText(count: number): string {
  return count === 1 ? "1 record" : `${count.toLocaleString("en")} records`;
}
