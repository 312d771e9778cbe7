/** Who is signed in and in which workspace: known before any page is shown. */
import { Body1, Link, Spinner, Title2 } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { createContext, type ReactNode, useContext } from "react";
import { ApiError, call, rememberCsrfToken } from "../api/client.ts";
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

/** Shows the page to somebody who has signed in, and the way in to everybody else. */
export function SessionGate({ children }: { readonly children: ReactNode }): ReactNode {
  const session = useQuery({
    queryKey: ["session"],
    queryFn: ({ signal }) => call<SessionInfo>("/api/v1/session", { signal }),
    refetchInterval: 60_000,
  });
  if (session.isPending) {
    return (
      <div className="center">
        <Spinner label="Loading" />
      </div>
    );
  }
  if (session.error !== null) {
    return <SignIn error={session.error} />;
  }
  rememberCsrfToken(session.data.csrfToken);
  return <SessionContext.Provider value={session.data}>{children}</SessionContext.Provider>;
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

function SignIn({ error }: { readonly error: Error }): ReactNode {
  const isRefusal = error instanceof ApiError && error.problem.status === 401;
  return (
    <main className="center">
      <Title2 as="h1">{isRefusal ? "Sign in" : "Something is wrong"}</Title2>
      {isRefusal ? (
        <>
          <Body1>
            Open the link that the server printed when it started, or make one: stixgate person link
            NAME
          </Body1>
          <Link
            href={`/sign-in/oidc?returnTo=${encodeURIComponent(location.pathname + location.search)}`}
          >
            Sign in with your organisation
          </Link>
        </>
      ) : (
        <Body1>{error.message}</Body1>
      )}
    </main>
  );
}
