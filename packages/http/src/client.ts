import createFetchClient, { type Client, type ClientOptions } from "openapi-fetch";
import type { components, paths } from "./api.generated.ts";

/** Everything that can be asked for, by path and method, as the description has it. */
export type ApiPaths = paths;
/** The schemas of the description, by name: `ApiSchemas["Job"]`. */
export type ApiSchemas = components["schemas"];
/** A client whose paths, bodies and answers are checked by the compiler; see https://openapi-ts.dev/openapi-fetch. */
export type SyncerClient = Client<ApiPaths>;

/**
 * A typed client of the API, for browsers and programs: `fetch` with types, nothing more.
 * @param options.baseUrl where the API is mounted, its base path included: `https://app.example/api`
 * @example
 * const { data, error } = await client.POST("/plans", { body: { pair_id } });
 */
export function createClient(options: ClientOptions & { readonly baseUrl: string }): SyncerClient {
  return createFetchClient<ApiPaths>(options);
}
