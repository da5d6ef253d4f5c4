import type { ListedArtist } from "../catalogue/artists.ts";
import { COUNTRIES, type DeezerAlbum, type DeezerArtist, type DeezerTrack } from "../catalogue/tracks.ts";
import type { DeezerCall } from "./call.ts";
import type { DeezerUser } from "./world.ts";

type Json = Record<string, unknown>;

const WWW = "https://www.deezer.com";

function artistRef(call: DeezerCall, artist: DeezerArtist): Json {
  return {
    id: artist.id,
    name: artist.name,
    link: `${WWW}/artist/${artist.id}`,
    tracklist: `${call.base}/artist/${artist.id}/top?limit=50`,
    type: "artist",
  };
}

function albumRef(call: DeezerCall, track: DeezerTrack): Json {
  const { id, title } = track.album;
  return {
    id,
    title,
    cover: `${call.base}/album/${id}/image`,
    md5_image: call.world.dice.hex("md5-image", String(id), 32),
    tracklist: `${call.base}/album/${id}/tracks`,
    type: "album",
  };
}

function isReadable(call: DeezerCall, track: DeezerTrack): boolean {
  return track.readable && !call.world.takenDown.has(track.id);
}

/** Ids are numbers in JSON, beyond 2^31 and below 2^53. */
function common(call: DeezerCall, track: DeezerTrack): Json {
  return {
    id: Number(track.id),
    readable: isReadable(call, track),
    title: track.title,
    link: `${WWW}/track/${track.id}`,
    duration: track.duration,
    rank: track.rank,
    explicit_lyrics: track.explicit,
    explicit_content_lyrics: track.explicit ? 1 : 0,
    explicit_content_cover: 2,
    md5_image: call.world.dice.hex("md5-image", String(track.album.id), 32),
    album: albumRef(call, track),
    artist: artistRef(call, track.contributors[0]),
    type: "track",
  };
}

function versionFields(track: DeezerTrack): Json {
  return { title_short: track.titleShort, title_version: track.titleVersion, preview: "" };
}

/** In favourites: no ISRC, no version fields. */
export function favouriteObject(call: DeezerCall, track: DeezerTrack, addedAtMs: number): Json {
  return { ...common(call, track), time_add: Math.floor(addedAtMs / 1_000) };
}

/** In playlists, the loved tracks included: with ISRC. */
export function playlistTrackObject(call: DeezerCall, track: DeezerTrack, addedAtMs: number): Json {
  const album = { ...albumRef(call, track), upc: track.album.upc };
  const time_add = Math.floor(addedAtMs / 1_000);
  return { ...common(call, track), ...versionFields(track), isrc: track.isrc ?? "", album, time_add };
}

/** In the history: no ISRC. */
export function playObject(call: DeezerCall, track: DeezerTrack, playedAtMs: number): Json {
  return { ...common(call, track), ...versionFields(track), timestamp: Math.floor(playedAtMs / 1_000) };
}

/** In search results. */
export function searchObject(call: DeezerCall, track: DeezerTrack): Json {
  const isrc = call.world.settings.isrcInSearch ? { isrc: track.isrc ?? "" } : {};
  return { ...common(call, track), ...versionFields(track), ...isrc };
}

/** By id or ISRC: everything. */
export function fullTrack(call: DeezerCall, track: DeezerTrack): Json {
  const replacement =
    track.alternativeId === undefined ? undefined : call.world.catalogue.deezer.byId(track.alternativeId);
  const release_date = `${track.year}-01-01`;
  return {
    ...common(call, track),
    ...versionFields(track),
    isrc: track.isrc ?? "",
    share: `${WWW}/track/${track.id}?utm_source=deezer`,
    track_position: track.trackPosition,
    disk_number: 1,
    release_date,
    bpm: 0,
    gain: -8.1,
    available_countries: isReadable(call, track) ? [...COUNTRIES] : [],
    ...(replacement === undefined ? {} : { alternative: common(call, replacement) }),
    contributors: track.contributors.map((artist, index) => ({
      ...artistRef(call, artist),
      role: index === 0 ? "Main" : "Featured",
    })),
    track_token: call.world.dice.base62("track-token", track.id),
    album: { ...albumRef(call, track), release_date },
  };
}

function albumFields(call: DeezerCall, album: DeezerAlbum): Json {
  const { id, title, recordType, trackCount } = album;
  return {
    id,
    title,
    link: `${WWW}/album/${id}`,
    cover: `${call.base}/album/${id}/image`,
    md5_image: call.world.dice.hex("md5-image", String(id), 32),
    nb_tracks: trackCount,
    record_type: recordType,
    tracklist: `${call.base}/album/${id}/tracks`,
    explicit_lyrics: false,
    type: "album",
  };
}

function isAvailable(call: DeezerCall, { id }: DeezerAlbum): boolean {
  return !call.world.takenDown.has(String(id));
}

/** Saved: without a UPC. */
export function savedAlbumObject(call: DeezerCall, album: DeezerAlbum, addedAtMs: number): Json {
  return {
    ...albumFields(call, album),
    release_date: `${album.year}-01-01`,
    available: isAvailable(call, album),
    time_add: Math.floor(addedAtMs / 1_000),
    artist: artistRef(call, album.artist),
  };
}

/** In search results: without date and UPC. */
export function foundAlbumObject(call: DeezerCall, album: DeezerAlbum): Json {
  return { ...albumFields(call, album), genre_id: 0, artist: artistRef(call, album.artist) };
}

/** By id or UPC: everything. */
export function fullAlbum(call: DeezerCall, album: DeezerAlbum, tracks: readonly DeezerTrack[]): Json {
  return {
    ...albumFields(call, album),
    upc: album.upc,
    share: `${WWW}/album/${album.id}?utm_source=deezer`,
    genre_id: 0,
    genres: { data: [] },
    label: "",
    duration: tracks.reduce((sum, { duration }) => sum + duration, 0),
    fans: call.world.dice.roll("album-fans", String(album.id), 100_000),
    release_date: `${album.year}-01-01`,
    available: isAvailable(call, album),
    contributors: [{ ...artistRef(call, album.artist), role: "Main" }],
    artist: artistRef(call, album.artist),
    tracks: { data: tracks.map((track) => ({ ...common(call, track), ...versionFields(track) })) },
  };
}

/** By id, in searches and lists. */
export function artistObject(call: DeezerCall, artist: ListedArtist<number>): Json {
  return {
    ...artistRef(call, artist),
    nb_album: 1 + call.world.dice.roll("artist-albums", String(artist.id), 40),
    nb_fan: artist.followers,
    radio: true,
  };
}

/** A user as everybody sees them. */
export function publicUser(call: DeezerCall, user: DeezerUser): Json {
  return {
    id: user.id,
    name: user.name,
    link: `${WWW}/profile/${user.id}`,
    picture: `${call.base}/user/${user.id}/image`,
    country: user.country,
    tracklist: `${call.base}/user/${user.id}/flow`,
    type: "user",
  };
}

/** A user as they see themselves. */
export function ownUser(call: DeezerCall, user: DeezerUser): Json {
  return {
    ...publicUser(call, user),
    lastname: user.lastName,
    firstname: user.firstName,
    ...(call.token?.permissions.has("email") === true ? { email: user.email } : {}),
    status: 2,
    birthday: "0000-00-00",
    inscription_date: "2018-04-03",
    gender: "",
    lang: "en",
    is_kid: false,
    explicit_content_level: "explicit_display",
    explicit_content_levels_available: ["explicit_display", "explicit_no_recommendation", "explicit_hide"],
  };
}
