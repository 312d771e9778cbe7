/** What is shown while something is on its way, or did not come. */
import { Body1, Button, Spinner, Subtitle1 } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { ApiError } from "../api/client.ts";

/** Something is on its way. */
export function Loading({ label = "Loading" }: { readonly label?: string }): ReactNode {
  return (
    <div className="center">
      <Spinner label={label} />
    </div>
  );
}

/** Something did not come, with the request's id and a way to try again. */
export function Failure({
  error,
  onRetry,
}: {
  readonly error: Error;
  readonly onRetry?: () => void;
}): ReactNode {
  const requestId = error instanceof ApiError ? error.problem.requestId : "";
  return (
    <div className="center" role="alert">
      <Subtitle1>That did not work</Subtitle1>
      <Body1>{error.message}</Body1>
      {requestId === "" ? null : <code>request {requestId}</code>}
      {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
