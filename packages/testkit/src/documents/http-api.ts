import { type ProviderTransport, type RawAnswer, ServiceError, type ServiceFailure } from "@syncer/core";
import { z } from "zod";
import { inProcess } from "../synthetic/definition.ts";
import type { NativeNote, NativeRow } from "./native-note.ts";
import { toNativeFields } from "./native-note.ts";
import type { CreateCall, NativePage } from "./note-service.ts";
import type { NotesApi } from "./notes-provider.ts";

const noteSchema: z.ZodType<NativeNote> = z.object({
  key: z.string(),
  heading: z.string().exactOptional(),
  text: z.string().exactOptional(),
  checked: z.boolean().nullable().exactOptional(),
  labels: z.array(z.string()).exactOptional(),
  rows: z.array(z.string()).exactOptional(),
  global: z.string().exactOptional(),
  garbled: z.literal(true).exactOptional(),
});

const rowSchema: z.ZodType<NativeRow> = z.discriminatedUnion("row", [
  z.object({
    row: z.literal("note"),
    id: z.string(),
    note: noteSchema,
    version: z.string().exactOptional(),
    modifiedAtMs: z.number().exactOptional(),
    marker: z.string().exactOptional(),
  }),
  z.object({ row: z.literal("deleted"), id: z.string(), deletedAtMs: z.number().exactOptional() }),
  z.object({ row: z.literal("unreadable"), id: z.string().exactOptional() }),
  z.object({ row: z.literal("foreign"), id: z.string(), reason: z.literal("unsupported") }),
]);

const pageSchema: z.ZodType<NativePage> = z.object({
  rows: z.array(rowSchema),
  total: z.number().exactOptional(),
  next: z.string().exactOptional(),
  revision: z.string().exactOptional(),
  since: z.string().exactOptional(),
  serverTimeMs: z.number().exactOptional(),
});

/** The notes service as a provider reaches it over HTTP; see `httpNotes`. */
export function httpApi(name: string): NotesApi {
  const base = `https://${name}.example`;
  const body = ({ operationId, fields }: CreateCall) => ({ operationId, fields: toNativeFields(fields) });
  const condition = (ifVersion: string | undefined) =>
    ifVersion === undefined ? {} : { headers: { "If-Match": ifVersion } };
  return {
    page: ({ http }, { size, token, since }) =>
      http.request({
        method: "GET",
        base,
        route: "/notes",
        query: { size, token, since },
        schema: pageSchema,
        purpose: "read",
      }),
    get: async ({ http }, id) => {
      const route = { base, route: "/notes/{id}", path: { id } } as const;
      return http
        .request({ method: "GET", ...route, schema: rowSchema, purpose: "read" })
        .catch((error: unknown): NativeRow => {
          if (error instanceof ServiceError && error.failure.kind === "not-found") return { row: "deleted", id };
          throw error;
        });
    },
    probe: ({ http }) =>
      http.request({
        method: "GET",
        base,
        route: "/state",
        schema: z.object({ rows: z.number(), revision: z.string() }),
        purpose: "probe",
      }),
    create: ({ http }, call) =>
      http.request({
        method: "POST",
        base,
        route: "/notes",
        json: body(call),
        schema: rowSchema,
        purpose: "write",
      }),
    update: ({ http }, call) =>
      http.request({
        method: "PATCH",
        base,
        route: "/notes/{id}",
        path: { id: call.id },
        json: body(call),
        ...condition(call.ifVersion),
        schema: rowSchema,
        purpose: "write",
      }),
    delete: ({ http }, { id, operationId, ifVersion }) =>
      http.request({
        method: "DELETE",
        base,
        route: "/notes/{id}",
        path: { id },
        query: { operationId },
        ...condition(ifVersion),
        schema: z.undefined(),
        purpose: "write",
      }),
    profile: async ({ http, accountId = "somebody" }) => {
      const { id } = await http.request({
        method: "GET",
        base,
        route: "/accounts/{id}",
        path: { id: accountId },
        schema: z.object({ id: z.string() }),
        purpose: "identity",
      });
      return { externalId: id };
    },
    health: async ({ http }) => {
      await http.request({
        method: "GET",
        base,
        route: "/health",
        schema: z.object({ well: z.literal(true) }),
        purpose: "health",
      });
    },
  };
}

export const overHttp: ProviderTransport = { ...inProcess, classify };

const errorSchema = z.object({
  error: z.object({ kind: z.string(), reason: z.string().optional(), retryAfterMs: z.number().optional() }),
});

/** The service's own word where it gives one; the status where something in between has answered. */
function classify({ status, body }: RawAnswer): ServiceFailure | undefined {
  if (status < 400) return undefined;
  const parsed = errorSchema.safeParse(body);
  return (parsed.success && status < 500 ? byKind(parsed.data.error) : undefined) ?? byStatus(status);
}

function byKind({ kind, reason = "", retryAfterMs }: z.infer<typeof errorSchema>["error"]): ServiceFailure | undefined {
  const code = /^[a-z][a-z0-9-]{0,39}$/.test(reason) ? reason : "unspecified";
  switch (kind) {
    case "rate-limited":
      return { kind, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    case "unauthorized":
    case "not-found":
    case "already-there":
    case "version-moved":
    case "collection-full":
    case "token-expired":
    case "missing-scope":
      return { kind };
    case "reauthorization-required":
    case "forbidden":
    case "invalid":
    case "outage":
      return { kind, reason: code };
    default:
      return undefined;
  }
}

function byStatus(status: number): ServiceFailure {
  if (status >= 500 || status === 408) return { kind: "unavailable" };
  if (status === 401) return { kind: "unauthorized" };
  if (status === 403) return { kind: "forbidden", reason: "forbidden" };
  if (status === 404 || status === 410) return { kind: "not-found" };
  if (status === 412) return { kind: "version-moved" };
  if (status === 429) return { kind: "rate-limited" };
  return { kind: "invalid", reason: `status-${status}` };
}
