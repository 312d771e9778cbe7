/** Routes of bulk tasks. */
import Type from "typebox";
import type { TaskOrder, Tasks } from "../../manage/index.ts";
import { actingOf, BASE, guidOf, PAGE_ITEMS_MAX, READ, WRITE } from "./object-call.ts";
import { ACTIONS, CONDITION } from "./object-schemas.ts";
import { type ApiRoute, ok, route } from "./route.ts";

const TASK = Type.Object({
  taskId: Type.String(),
  workspaceId: Type.String(),
  order: Type.Unknown({ description: "What was ordered." }),
  state: Type.Union(
    ["waiting", "running", "done", "cancelled", "failed"].map((state) => Type.Literal(state)),
  ),
  progress: Type.Object({
    expected: Type.Object({ count: Type.Integer(), exact: Type.Boolean() }),
    seen: Type.Integer(),
    changed: Type.Integer(),
    unchanged: Type.Integer(),
    failed: Type.Integer(),
  }),
  faults: Type.Array(
    Type.Object({ stixId: Type.String(), source: Type.String(), message: Type.String() }),
    { description: "Objects that the change would have made invalid; the first hundred." },
  ),
  reason: Type.Union([Type.String(), Type.Null()]),
  orderedBy: Type.Object({ id: Type.String(), name: Type.String() }),
  orderedAt: Type.String(),
  finishedAt: Type.Union([Type.String(), Type.Null()]),
});

/** The routes. */
export function taskRoutes(tasks: Tasks): readonly ApiRoute[] {
  return [
    route({
      method: "POST",
      path: `${BASE}/tasks`,
      operationId: "orderTask",
      summary: "Change or delete all objects that match, in the background.",
      tag: "Tasks",
      access: WRITE,
      body: Type.Object(
        {
          condition: Type.Optional(CONDITION),
          actions: Type.Optional(ACTIONS),
          delete: Type.Optional(Type.Boolean({ description: "Delete instead." })),
        },
        { additionalProperties: false },
      ),
      replies: { 202: { description: "The task.", schema: TASK } },
      async handle(call) {
        const order = { actions: [], ...call.body } as TaskOrder;
        return { status: 202, body: await tasks.order(actingOf(call), order) };
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/tasks`,
      operationId: "listTasks",
      summary: "Tasks of a workspace, newest first; finished ones are kept for thirty days.",
      tag: "Tasks",
      access: READ,
      query: Type.Object({
        open: Type.Optional(Type.Boolean({ description: "Only those that wait or run." })),
        limit: Type.Optional(
          Type.Integer({ minimum: 1, maximum: PAGE_ITEMS_MAX, description: "All when left out." }),
        ),
      }),
      replies: { 200: { description: "The tasks.", schema: Type.Array(TASK) } },
      async handle({ workspace, query: { open = false, limit } }) {
        const all = await tasks.list(workspace.workspaceId);
        return ok(all.filter(({ finishedAt }) => !open || finishedAt === null).slice(0, limit));
      },
    }),
    route({
      method: "GET",
      path: `${BASE}/tasks/{taskId}`,
      operationId: "getTask",
      summary: "A task and how far it is.",
      tag: "Tasks",
      access: READ,
      replies: { 200: { description: "The task.", schema: TASK } },
      handle: async (call) =>
        ok(await tasks.get(call.workspace.workspaceId, guidOf(call, "taskId"))),
    }),
    route({
      method: "POST",
      path: `${BASE}/tasks/{taskId}/cancel`,
      operationId: "cancelTask",
      summary: "Stop a task; what is done stays done.",
      tag: "Tasks",
      access: WRITE,
      replies: { 200: { description: "The task.", schema: TASK } },
      handle: async (call) => ok(await tasks.cancel(actingOf(call), guidOf(call, "taskId"))),
    }),
  ];
}
