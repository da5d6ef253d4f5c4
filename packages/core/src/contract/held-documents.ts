import type { CollectionProbe } from "./collection.ts";
import type { DocumentCollection, DocumentReader, DocumentWriter } from "./documents.ts";
import type { Session } from "./session.ts";

/**
 * Documents of which a user has several lists (the events of each calendar). A pair names one container on each side; containers
 * themselves are never created, changed or deleted. Each function is told which container.
 */
export interface HeldDocuments<TNative = unknown, TItem extends object = object>
  extends Omit<DocumentCollection<TNative, TItem>, "shape" | "read" | "write"> {
  readonly shape: "held-documents";
  readonly containers: ContainerReader;
  readonly read: HeldReader<TNative>;
  /** Absent: the service, or this mode of it, cannot be written. */
  readonly write?: HeldWriter<TNative, TItem>;
}

export interface ContainerReader {
  /** Lists the containers that the user can choose from, page by page. */
  list(session: Session): AsyncIterable<readonly HoldingContainer[]>;
}

/** A container that holds documents, as a user chooses it. */
export interface HoldingContainer {
  /** The service's own id; may hold an address. */
  readonly id: string;
  /** What its user calls it: content, to be shown and never stored. */
  readonly name: string;
  /** `busy`: only that something is there is shown, not what. */
  readonly access: "write" | "read" | "busy";
  /** The one that the service takes where none is named. */
  readonly primary?: true;
  /** IANA name of the zone that it is kept in. */
  readonly timeZone?: string;
}

/** {@link DocumentReader} of a container: each function takes its id after the session. */
export type HeldReader<TNative> = Pick<DocumentReader<TNative>, "pageSize" | "totals"> & {
  readonly [K in "list" | "get"]: InContainer<DocumentReader<TNative>[K]>;
} & {
  readonly changes?: InContainer<NonNullable<DocumentReader<TNative>["changes"]>>;
  readonly probe?: Pick<CollectionProbe, "exact"> & { readonly read: InContainer<CollectionProbe["read"]> };
};

/** {@link DocumentWriter} of a container: each function takes its id after the session. */
export type HeldWriter<TNative, TItem extends object> = Omit<
  DocumentWriter<TNative, TItem>,
  "create" | "update" | "delete"
> & {
  readonly [K in "create" | "update" | "delete"]: InContainer<DocumentWriter<TNative, TItem>[K]>;
};

type InContainer<F> = F extends (session: Session, ...rest: infer R) => infer A
  ? (session: Session, containerId: string, ...rest: R) => A
  : never;

/** The documents of one container. */
export function documentsIn<TNative, TItem extends object>(
  { read, write, kind, scopes, toUniversal, fields, unlisted }: HeldDocuments<TNative, TItem>,
  id: string,
): DocumentCollection<TNative, TItem> {
  const { changes, probe } = read;
  return {
    shape: "documents",
    kind,
    scopes,
    toUniversal,
    ...(fields ? { fields } : {}),
    ...(unlisted ? { unlisted } : {}),
    read: {
      pageSize: read.pageSize,
      totals: read.totals,
      list: (session, options) => read.list(session, id, options),
      get: (session, documentId) => read.get(session, id, documentId),
      ...(changes ? { changes: (session, token, options) => changes(session, id, token, options) } : {}),
      ...(probe
        ? { probe: { exact: probe.exact, read: (session, expected) => probe.read(session, id, expected) } }
        : {}),
    },
    ...(write
      ? {
          write: {
            ...write,
            create: (session, request) => write.create(session, id, request),
            update: (session, request) => write.update(session, id, request),
            delete: (session, request) => write.delete(session, id, request),
          },
        }
      : {}),
  };
}
