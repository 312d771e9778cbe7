/** What every store must count as facets, and find as neighbours of an object. */

import assert from "node:assert/strict";
import { searched } from "./search-steps.conformance.ts";
import { refusedWith, type StoreTest, take } from "./steps.conformance.ts";

/** The tests by their names. */
export const NEIGHBOUR_TESTS: Readonly<Record<string, StoreTest>> = {
  "facets count the current objects": async (store) => {
    const workspaceId = "facets";
    const objects = ["a", "b", "c"].map((name) =>
      searched(`tool--${name}`, { labels: ["x", "x"] }),
    );
    await take(
      store,
      workspaceId,
      { objects },
      { objects: [searched("tool--a", { labels: ["y", "Ünï"], revoked: true }, { tlp: "red" })] },
      { sourceSystem: "B", objects: [searched("malware--d", { labels: ["xy"] })] },
    );
    await store.waitSearchable(
      await store.deleteObjects({
        ...{ requestId: "d", workspaceId, stixIds: ["tool--b"], sourceSystem: "Feed A" },
        receivedAt: "2026-01-01T00:00:00.000Z",
        caller: { tenantId: "", objectId: "", appId: "", userAgent: "" },
      }),
    );
    const facets = async (
      field: "type" | "source" | "label" | "tlp" | "revoked",
      prefix?: string,
    ) =>
      (await store.facets({ workspaceId, field, limit: 10, ...(prefix && { prefix }) })).map(
        ({ value, count }) => `${value} ${count}`,
      );
    assert.deepEqual(await facets("type"), ["tool 2", "malware 1"]);
    assert.deepEqual(await facets("source"), ["Feed A 2", "B 1"]);
    assert.deepEqual(await facets("label"), ["x 1", "xy 1", "y 1", "Ünï 1"]);
    assert.deepEqual(await facets("label", "x"), ["x 1", "xy 1"]);
    assert.deepEqual(await facets("tlp"), ["null 2", "red 1"]);
    assert.deepEqual(await facets("revoked"), ["false 2", "true 1"]);
    assert.deepEqual(await store.facets({ workspaceId: "none", field: "type", limit: 1 }), []);
    await refusedWith("invalid_request", store.facets({ workspaceId, field: "type", limit: 0 }));
  },

  "objects are related both ways, whatever their source": async (store) => {
    const workspaceId = "related";
    const relationship = {
      ...{ source_ref: "malware--m", target_ref: "tool--t", created_by_ref: "identity--i" },
    };
    await take(
      store,
      workspaceId,
      { objects: [searched("malware--m"), searched("tool--t", { created_by_ref: "identity--i" })] },
      {
        sourceSystem: "B",
        objects: [searched("tool--t"), searched("relationship--1", relationship)],
      },
      { objects: [searched("report--r", { object_refs: ["tool--t", "gone--x"] })] },
      { objects: [searched("report--old", { object_refs: ["tool--t"] })] },
      { objects: [searched("report--old", { object_refs: [] })] },
    );
    const related = async (
      stixId: string,
      direction: "incoming" | "outgoing",
      property?: string,
    ): Promise<string[]> => {
      const lines: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.relatedObjects({
          ...{ workspaceId, stixId, direction, limit: 1 },
          ...(property && { property }),
          ...(cursor && { cursor }),
        });
        for (const { property: by, stixId: other, object } of page.items) {
          lines.push(`${by} ${other} ${object?.sourceSystem ?? "unknown"}`);
        }
        cursor = page.next ?? undefined;
      } while (cursor !== undefined && lines.length < 50);
      return lines;
    };
    assert.deepEqual(await related("tool--t", "incoming"), [
      "target_ref relationship--1 B",
      "object_refs report--r Feed A",
    ]);
    assert.deepEqual(await related("tool--t", "incoming", "object_refs"), [
      "object_refs report--r Feed A",
    ]);
    assert.deepEqual(await related("identity--i", "incoming"), [
      "created_by_ref tool--t Feed A",
      "created_by_ref relationship--1 B",
    ]);
    assert.deepEqual(await related("relationship--1", "outgoing"), [
      "source_ref malware--m Feed A",
      "target_ref tool--t Feed A",
      "target_ref tool--t B",
      "created_by_ref identity--i unknown",
    ]);
    assert.deepEqual(await related("relationship--1", "outgoing", "source_ref"), [
      "source_ref malware--m Feed A",
    ]);
    assert.deepEqual(await related("report--r", "outgoing"), [
      "object_refs tool--t Feed A",
      "object_refs tool--t B",
      "object_refs gone--x unknown",
    ]);
    assert.deepEqual(await related("nothing--x", "outgoing"), []);
    assert.deepEqual(await related("nothing--x", "incoming"), []);
  },
};
