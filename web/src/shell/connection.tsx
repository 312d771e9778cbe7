/** What to show while the server does not answer: a note, and a try again that comes by itself. */
import { Button } from "@fluentui/react-components";
import { CloudDismissRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { onContact } from "../api/client.ts";

/** A server that restarts is back within seconds; one that is down is not asked all the time. */
const WAITS_S = [2, 4, 8, 15, 30] as const;
const ANSWER_WITHIN_MS = 5_000;
const SECOND_MS = 1_000;

/** The note; nothing while all is well. */
export function OfflineNote(): ReactNode {
  const queries = useQueryClient();
  const [isAway, setAway] = useState(false);
  const [tries, setTries] = useState(0);
  const [left, setLeft] = useState(0);

  useEffect(
    () =>
      onContact((contact) => {
        setAway((before) => {
          if (before && contact !== "unreachable") {
            setTries(0);
            // What was asked in between has failed, or is old.
            void queries.refetchQueries({ type: "active" });
          }
          return contact === "unreachable";
        });
      }),
    [queries],
  );
  const tryNow = useCallback(async (): Promise<void> => {
    if (await isThere()) {
      setTries(0);
      setAway(false);
      await queries.refetchQueries({ type: "active" });
    } else {
      setAway(true);
      setTries((before) => before + 1);
    }
  }, [queries]);
  useEffect(() => {
    const check = (): void => void tryNow();
    addEventListener("online", check);
    addEventListener("offline", check);
    return () => {
      removeEventListener("online", check);
      removeEventListener("offline", check);
    };
  }, [tryNow]);
  useEffect(() => {
    if (!isAway) {
      return;
    }
    let rest: number = WAITS_S[Math.min(tries, WAITS_S.length - 1)] ?? 0;
    setLeft(rest);
    const timer = setInterval(() => {
      rest -= 1;
      setLeft(rest);
      if (rest <= 0) {
        clearInterval(timer);
        void tryNow();
      }
    }, SECOND_MS);
    return () => clearInterval(timer);
  }, [isAway, tries, tryNow]);

  if (!isAway) {
    return null;
  }
  return (
    <div className="offline">
      <CloudDismissRegular aria-hidden fontSize={20} />
      <span role="status">
        The server does not answer. What you see stays; it may be old. The page tries again by
        itself.
      </span>
      <span aria-hidden className="count">
        {left > 0 ? `in ${left} s` : "now…"}
      </span>
      <Button size="small" onClick={() => void tryNow()}>
        Try now
      </Button>
    </div>
  );
}

async function isThere(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    return (await fetch("/livez", { cache: "no-store", signal })).ok;
  } catch {
    return false;
  }
}
