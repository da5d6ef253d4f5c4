import type { ItemKindName, UniversalAlbum, UniversalItem, UniversalItems, UniversalTrack } from "../../items/index.ts";

/** Services round and trim lengths by up to this on the same audio. */
const SAME_LENGTH_MS = 2_000;

/** Of kinds that have no natural keys, nothing is ever equal without being weighed. */
const equal: { readonly [K in ItemKindName]?: (a: UniversalItems[K], b: UniversalItems[K]) => boolean } = {
  track: equalTracks,
  album: equalAlbums,
};

/** Whether two items of one natural key need no weighing. */
export function equalInWords(kind: ItemKindName, a: UniversalItem, b: UniversalItem): boolean {
  const ofKind: { equal?(a: UniversalItem, b: UniversalItem): boolean } = {
    ...(equal[kind] ? { equal: equal[kind] } : {}),
  };
  return ofKind.equal?.(a, b) ?? false;
}

/** The same words and length. */
function equalTracks(a: UniversalTrack, b: UniversalTrack): boolean {
  return (
    a.title === b.title &&
    a.version === b.version &&
    a.artists[0] === b.artists[0] &&
    a.durationMs !== undefined &&
    b.durationMs !== undefined &&
    Math.abs(a.durationMs - b.durationMs) <= SAME_LENGTH_MS &&
    agrees(a.explicit, b.explicit)
  );
}

/** The same words and number of tracks. */
function equalAlbums(a: UniversalAlbum, b: UniversalAlbum): boolean {
  return (
    a.name === b.name &&
    a.artists[0] === b.artists[0] &&
    a.trackCount !== undefined &&
    a.trackCount === b.trackCount &&
    agrees(a.explicit, b.explicit)
  );
}

/** What one side does not tell is no difference. */
function agrees(a: boolean | undefined, b: boolean | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}
