/** Who is signed in and in which workspace: known before any page is shown. */
import {
  Body1,
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Link,
  Spinner,
  Title2,
} from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";
import { ApiError, call, onContact, rememberCsrfToken } from "../api/client.ts";
import type { SessionInfo, WorkspaceAccess } from "../api/types.ts";

const SessionContext = createContext<SessionInfo | null>(null);

/** The session. Only below `SessionGate`. */
export function useSession(): SessionInfo {
  const session = useContext(SessionContext);
  if (session === null) {
    throw new Error("useSession outside of SessionGate");
  }
  return session;
}

/** The workspace that the address names. Only below a route with `workspaceId`. */
export function useWorkspace(): WorkspaceAccess {
  const { workspaceId } = useParams({ strict: false });
  const found = useSession().workspaces.find((each) => each.workspaceId === workspaceId);
  if (found === undefined) {
    throw new Error(`No access to the workspace ${workspaceId}.`);
  }
  return found;
}

/** Path of the workspace in the API, with what follows. */
export function useApiBase(): string {
  return `/api/v1/workspaces/${useWorkspace().workspaceId}`;
}

/** How often an ended session is looked at: somebody may sign in again in another tab. */
const ENDED_LOOK_MS = 4_000;
const LOOK_MS = 60_000;

/** Shows the page to somebody who has signed in, and the way in to everybody else. */
export function SessionGate({ children }: { readonly children: ReactNode }): ReactNode {
  const queries = useQueryClient();
  const session = useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => call<SessionInfo>("/api/v1/session", { signal }),
    refetchInterval: ({ state }) => (isSignedOut(state.error) ? ENDED_LOOK_MS : LOOK_MS),
  });
  const hasEnded = isSignedOut(session.error);
  useEffect(
    () =>
      // Whatever call learns first that nobody is signed in: the session is looked at.
      onContact((contact) => {
        if (
          contact === "signed-out" &&
          !hasEnded &&
          !queries.isFetching({ queryKey: ["session"] })
        ) {
          void queries.invalidateQueries({ queryKey: ["session"] });
        }
      }),
    [queries, hasEnded],
  );
  const wasEnded = useRef(false);
  useEffect(() => {
    if (wasEnded.current && !hasEnded) {
      // What was refused in between is asked again.
      void queries.refetchQueries({ type: "active" });
    }
    wasEnded.current = hasEnded;
  }, [hasEnded, queries]);
  if (session.isPending) {
    return (
      <div className="center">
        <Spinner label="Loading" />
      </div>
    );
  }
  if (session.data === undefined) {
    return <SignIn error={session.error} onRetry={() => void session.refetch()} />;
  }
  rememberCsrfToken(session.data.csrfToken);
  return (
    <SessionContext.Provider value={session.data}>
      {children}
      {hasEnded ? <SessionEnded onRetry={() => void session.refetch()} /> : null}
    </SessionContext.Provider>
  );
}

function isSignedOut(error: Error | null): boolean {
  return error instanceof ApiError && error.problem.status === 401;
}

/** Goes to the first workspace there is. */
export function FirstWorkspace(): ReactNode {
  const { workspaces } = useSession();
  const navigate = useNavigate();
  const [first] = workspaces;
  if (first === undefined) {
    return (
      <main className="center">
        <Title2 as="h1">No workspace yet</Title2>
        <Body1>
          You are signed in, and have no role on a workspace. An administrator can give you one:
          stixgate role assign --principal YOUR-ID --workspace NAME
        </Body1>
      </main>
    );
  }
  queueMicrotask(() => {
    void navigate({ to: "/w/$workspaceId/overview", params: first, replace: true });
  });
  return null;
}

function SignIn({
  error,
  onRetry,
}: {
  readonly error: Error;
  readonly onRetry: () => void;
}): ReactNode {
  const isRefusal = isSignedOut(error);
  return (
    <main className="center">
      <Title2 as="h1">{isRefusal ? "Sign in" : "Something is wrong"}</Title2>
      {isRefusal ? <WaysIn inNewTab={false} /> : <Body1>{error.message}</Body1>}
      <Button onClick={onRetry}>Try again</Button>
    </main>
  );
}

/** Over a page that was in use: nothing of it is lost, and it goes on once somebody has signed in again. */
function SessionEnded({ onRetry }: { readonly onRetry: () => void }): ReactNode {
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>Your session has ended</DialogTitle>
          <DialogContent className="sessionEnded">
            <Body1>
              What you see stays as it is. Sign in again in another tab: this page goes on by
              itself.
            </Body1>
            <WaysIn inNewTab />
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" onClick={onRetry}>
              I have signed in
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function WaysIn({ inNewTab }: { readonly inNewTab: boolean }): ReactNode {
  const ways = useQuery({
    queryKey: ["sign-in"],
    queryFn: ({ signal }) => call<{ readonly provider: boolean }>("/api/v1/sign-in", { signal }),
  });
  const back = inNewTab ? "/" : location.pathname + location.search;
  return (
    <>
      {ways.data?.provider === true ? (
        <Link
          href={`/sign-in/oidc?returnTo=${encodeURIComponent(back)}`}
          {...(inNewTab ? { target: "_blank" } : {})}
        >
          Sign in with your organisation
        </Link>
      ) : null}
      <Body1>
        Open the link that the server printed when it started, or have one made:{" "}
        <code>stixgate person link NAME</code>
      </Body1>
    </>
  );
}
