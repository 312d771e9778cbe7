/**
 * The upload API as it crosses the network: its three generations, their paths, keys and replies.
 * Facts only; what is done with them stands in the ingest and HTTP rooms.
 */

/** The generations of the upload API that shipping connectors still call. */
export type Generation = "v1" | "v2" | "v3";

/** What distinguishes a generation on the wire. */
export interface GenerationFacts {
  /** Path of the POST, with the workspace id as the parameter `:workspaceId`; the first is canonical. */
  readonly path: string;
  /** Spellings that clients use for the same route. */
  readonly aliases: readonly string[];
  /** Key of the array in the request body, lower case; the first is the documented one. */
  readonly arrayKeys: readonly string[];
  /** The documented api-version. */
  readonly apiVersion: string;
  /** Object types the generation takes; `undefined` means what the setting `upload.supportedTypes` says. */
  readonly onlyType: string | undefined;
}

/** @see Upload API, "Request URI"; the legacy pages for v1 and v2. */
export const GENERATIONS: Readonly<Record<Generation, GenerationFacts>> = {
  v1: {
    path: "/:workspaceId/threatintelligence:upload-indicators",
    aliases: ["/workspaces/:workspaceId/threatintelligence:upload-indicators"],
    arrayKeys: ["value", "indicators", "stixobjects"],
    apiVersion: "2022-07-01",
    onlyType: "indicator",
  },
  v2: {
    path: "/workspaces/:workspaceId/threatintelligenceindicators:upload",
    aliases: ["/:workspaceId/threatintelligenceindicators:upload"],
    arrayKeys: ["indicators", "value", "stixobjects"],
    apiVersion: "2022-07-01",
    onlyType: "indicator",
  },
  v3: {
    path: "/workspaces/:workspaceId/threat-intelligence-stix-objects:upload",
    aliases: ["/workspaces/:workspaceId/threatintelligence-stix-objects:upload"],
    arrayKeys: ["stixobjects"],
    apiVersion: "2024-02-01-preview",
    onlyType: undefined,
  },
};

/** The source name that the service keeps for itself (Upload API, "Request body"). */
export const RESTRICTED_SOURCE_SYSTEM = "Microsoft Sentinel";

/** Longest accepted `sourcesystem`, in characters (swagger 2024-02-01-preview). */
export const SOURCE_SYSTEM_LENGTH_MAX = 256;

/** One rejected record of a reply (Upload API, "Error object"). */
export interface RecordError {
  /** Position in the array of the request, from 0. */
  readonly recordIndex: number;
  readonly errorMessages: readonly string[];
  /** The name the swagger files use; sent beside `errorMessages` only by setting. */
  readonly validationErrorMessages?: readonly string[];
}

/** Body of a reply that names rejected records. */
export interface RecordErrors {
  readonly errors: readonly RecordError[];
}
