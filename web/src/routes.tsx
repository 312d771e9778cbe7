/** The addresses of the page, made from the table of pages. Every state of a page is in its address. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { PAGES } from "./pages.ts";
import { Layout } from "./shell/layout.tsx";
import { FirstWorkspace, SessionGate } from "./shell/session.tsx";

const rootRoute = createRootRoute({
  component: () => (
    <SessionGate>
      <Outlet />
    </SessionGate>
  ),
  notFoundComponent: FirstWorkspace,
});

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: FirstWorkspace,
});

const workspaceRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/w/$workspaceId",
  component: Layout,
});

const pageRoutes = PAGES.map(({ path, load }) =>
  createRoute({
    getParentRoute: () => workspaceRoute,
    path,
    component: lazyRouteComponent(load, "Page"),
    // A page reads its own state out of the address.
    validateSearch: (search: Record<string, unknown>) => search,
  }),
);

/** An object alone: found from others, so that it stands in no navigation. */
const objectRoute = createRoute({
  getParentRoute: () => workspaceRoute,
  path: "objects/$objectId",
  component: lazyRouteComponent(() => import("./pages/object.tsx"), "Page"),
  validateSearch: (search: Record<string, unknown>) => search,
});

/** The router. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([
    indexRoute,
    workspaceRoute.addChildren([...pageRoutes, objectRoute]),
  ]),
  defaultPreload: "intent",
});
