type Json = Record<string, unknown>;

/** One place where the published description of the Web API and the service as observed differ. */
export interface DescriptionException {
  /** Where in the description: keys from the root. */
  readonly at: readonly string[];
  readonly because: string;
  /** Changes the description to what the service does. */
  readonly change: (node: Json) => void;
}

const schemas = (...path: string[]): string[] => ["components", "schemas", ...path];

function nullable(at: readonly string[], because: string): DescriptionException {
  return {
    at,
    because,
    change: (node) => {
      node.nullable = true;
    },
  };
}

function notRequired(at: readonly string[], names: readonly string[], because: string): DescriptionException {
  return {
    at,
    because,
    change: (node) => {
      node.required = (node.required as string[]).filter((name) => !names.includes(name));
    },
  };
}

const GONE = "The field is gone for development-mode apps (February 2026 changes).";
const LOCAL = "Local files in playlists have no ids, links or release dates.";
const ENVELOPE = "Errors come inside an `error` object on every route.";

/** The envelope that the description forgets on the library routes. */
function errorEnvelope(method: string, path: string): DescriptionException {
  return {
    at: ["paths", path, method, "responses", "400", "content", "application/json"],
    because: ENVELOPE,
    change: (node) => {
      node.schema = {
        type: "object",
        required: ["error"],
        properties: { error: { $ref: "#/components/schemas/ErrorObject" } },
      };
    },
  };
}

/** All differences that are known and meant. Anything else that does not fit the description is a mistake. */
export const DESCRIPTION_EXCEPTIONS: readonly DescriptionException[] = [
  notRequired(schemas("AlbumBase"), ["available_markets"], GONE),
  notRequired(schemas("AlbumObject"), ["label", "popularity"], GONE),
  errorEnvelope("put", "/me/library"),
  errorEnvelope("delete", "/me/library"),
  errorEnvelope("get", "/me/library/contains"),
  nullable(schemas("PrivateUserObject", "properties", "display_name"), "A user without a display name has null."),
  nullable(schemas("PlaylistTrackObject", "properties", "added_at"), "Very old entries have no date."),
  nullable(schemas("PlaylistTrackObject", "properties", "added_by"), "Very old entries name nobody."),
  nullable(schemas("PlaylistTrackObject", "properties", "item"), "A withdrawn track leaves null behind."),
  nullable(schemas("PlaylistTrackObject", "properties", "track"), "A withdrawn track leaves null behind."),
  nullable(schemas("SimplifiedPlaylistObject", "properties", "description"), "A playlist may have no description."),
  nullable(schemas("PlaylistObject", "properties", "description"), "A playlist may have no description."),
  nullable(schemas("CursorPagingObject", "properties", "next"), "The last page has no next."),
  nullable(schemas("CursorPagingObject", "properties", "cursors"), "An empty history has no cursors."),
  nullable(schemas("CursorObject", "properties", "after"), "The last page of followed artists has no cursor."),
  nullable(schemas("PlayHistoryObject", "properties", "context"), "A play may have no context."),
  ...["href", "id", "uri"].flatMap((name) => [
    nullable(schemas("TrackObject", "properties", name), LOCAL),
    nullable(schemas("SimplifiedArtistObject", "properties", name), LOCAL),
    nullable(schemas("AlbumBase", "properties", name), LOCAL),
  ]),
  ...["album_type", "release_date", "release_date_precision"].map((name) =>
    nullable(schemas("AlbumBase", "properties", name), LOCAL),
  ),
  {
    at: ["paths", "/search", "get"],
    because: "Extended quota mode and older development mode still take up to 50 results a page.",
    change: (node) => {
      const parameters = node.parameters as { name?: string; schema?: Json }[];
      const limit = parameters.find(({ name }) => name === "limit");
      if (limit?.schema !== undefined) limit.schema.maximum = 50;
    },
  },
  {
    at: ["paths", "/playlists/{playlist_id}/tracks", "get"],
    because: "The old route takes up to 100 entries a page.",
    change: (node) => {
      const parameters = node.parameters as { name?: string; schema?: Json }[];
      const limit = parameters.find(({ name }) => name === "limit");
      if (limit?.schema !== undefined) limit.schema.maximum = 100;
    },
  },
  {
    at: ["paths", "/me/tracks", "put", "requestBody", "content", "application/json", "schema"],
    because: "Dated ids replace plain ones, and Spotify's own SDK sends a bare array.",
    change: (node) => {
      const { properties } = node;
      for (const name of Object.keys(node)) delete node[name];
      node.anyOf = [
        { type: "object", properties },
        { type: "array", items: { type: "string" } },
      ];
    },
  },
  {
    at: ["paths", "/me/tracks", "delete"],
    because: "Ids may stand in the body instead of the query; Spotify's own SDK sends a bare array.",
    change: (node) => {
      node.parameters = [{ name: "ids", in: "query", required: false, schema: { type: "string" } }];
      node.requestBody = { content: { "application/json": { schema: {} } } };
    },
  },
];
