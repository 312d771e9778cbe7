/** A part of a page with a heading, and what stands in its place while it is empty or not allowed. */
import {
  Body1,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  Subtitle1,
} from "@fluentui/react-components";
import { type ReactNode, useId } from "react";
import { ApiError } from "../api/client.ts";
import { CopyButton } from "./copy-button.tsx";
import { Failure, Loading } from "./loading.tsx";
import "./panels.css";

/** The part. */
export function Panel({
  title,
  hint,
  actions,
  children,
}: {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panelHead">
        <Subtitle1 as="h2" id={id}>
          {title}
        </Subtitle1>
        <span className="grow" />
        {actions}
      </div>
      {hint === undefined ? null : <p className="hint">{hint}</p>}
      {children}
    </section>
  );
}

/** What a query knows, as far as a part needs it. */
interface Asked<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** What was asked for, once it is there; until then why it is not. */
export function Answer<T>({
  of,
  missing,
  children,
}: {
  readonly of: Asked<T>;
  /** Said to those who may not see it. */
  readonly missing?: string;
  readonly children: (data: T) => ReactNode;
}): ReactNode {
  if (of.data !== undefined) {
    // What is shown may be old where asking again went wrong.
    return (
      <>
        <Refusal error={of.error} />
        {children(of.data)}
      </>
    );
  }
  if (of.error === null) {
    return <Loading />;
  }
  if (missing !== undefined && isNotAllowed(of.error)) {
    return (
      <MessageBar intent="info" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>Not shown to you</MessageBarTitle>
          {missing}
        </MessageBarBody>
      </MessageBar>
    );
  }
  return <Failure error={of.error} onRetry={() => void of.refetch()} />;
}

/** Whether somebody is known, and may not. */
function isNotAllowed(error: Error): boolean {
  return error instanceof ApiError && error.problem.code === "no_role";
}

/** A sentence where there is nothing, and what to do about it. */
export function Nothing({
  children,
  command,
}: {
  readonly children: ReactNode;
  readonly command?: string;
}): ReactNode {
  return (
    <div className="center">
      <Body1>{children}</Body1>
      {command === undefined ? null : (
        <span className="inline">
          <code className="breaks">{command}</code>
          <CopyButton text={command} what="the command" />
        </span>
      )}
    </div>
  );
}

/** A refusal of something that was tried, where it was tried. */
export function Refusal({ error }: { readonly error: Error | null }): ReactNode {
  if (error === null) {
    return null;
  }
  const { requestId, field } =
    error instanceof ApiError ? error.problem : { requestId: "", field: undefined };
  return (
    <MessageBar intent="error" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{field === undefined ? "Refused" : `Refused: ${field}`}</MessageBarTitle>
        {error.message} {requestId === "" ? null : <code>request {requestId}</code>}
      </MessageBarBody>
    </MessageBar>
  );
}

/** A secret, shown this once. */
export function Secret({
  title,
  text,
  hint,
  onClose,
}: {
  readonly title: string;
  readonly text: string;
  readonly hint: string;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <MessageBar intent="success" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>{title}</MessageBarTitle>
        {hint}
        <div className="inline">
          <code className="breaks strong">{text}</code>
          <CopyButton text={text} what={title} />
        </div>
      </MessageBarBody>
      <MessageBarActions>
        <button type="button" className="link" onClick={onClose}>
          I have kept it
        </button>
      </MessageBarActions>
    </MessageBar>
  );
}

/** A table that scrolls by itself where it is too wide. */
export function TableScroll({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
    <section className="tableScroll" aria-label={label} tabIndex={0}>
      <table className="table">{children}</table>
    </section>
  );
}
