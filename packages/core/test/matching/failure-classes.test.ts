import type { UniversalTrack } from "@syncer/core";
import { describe, expect, it } from "vitest";
import { confidence, track } from "./tracks.ts";

type Pair = readonly [what: string, a: UniversalTrack, b: UniversalTrack];

const long = 240_000;
const kites = (title: string, fields: Parameters<typeof track>[1] = {}): UniversalTrack =>
  track(title, { durationMs: long, ...fields });
const plain = kites("Paper Kites");
const by = (...artists: string[]): UniversalTrack => kites("Paper Kites", { artists });
const inNoTime = (...artists: string[]): UniversalTrack => track("Paper Kites", { artists });
const hebrew = (artist: string): UniversalTrack =>
  kites(/[a-z]/.test(artist) ? "Kachol" : "כחול", { artists: [artist], album: "Tide" });
const code = "GBXYZ2400123";

const accepted: Record<string, readonly Pair[]> = {
  "versions in the title": [
    ["a remaster", plain, kites("Paper Kites - 2011 Remaster")],
    ["two remasters", kites("Paper Kites (Remastered 2009)"), kites("Paper Kites - 2011 Remaster")],
    ["neutral words", plain, kites("Paper Kites (Official Video) [Explicit]")],
    ["an original mix", plain, kites("Paper Kites - Original Mix")],
    ["a film", plain, kites('Paper Kites - From "The Harbour" Soundtrack')],
    [
      "the same remix in brackets and after a dash",
      kites("Paper Kites (Nova Remix)"),
      kites("Paper Kites - Nova Remix"),
    ],
    ["the same remix without brackets", kites("Paper Kites Nova Remix"), kites("Paper Kites [Nova Remix]")],
    [
      "the same remix in a field of its own",
      kites("Paper Kites", { version: "Nova Remix" }),
      kites("Paper Kites (Nova Remix)"),
    ],
    ["a live take named more closely", kites("Paper Kites (Live)"), kites("Paper Kites - Live at the Dome")],
    [
      "a live take named by the album only",
      kites("Paper Kites", { album: "Live in Oslo" }),
      kites("Paper Kites (Live)", { album: "Live in Oslo" }),
    ],
    [
      "another language for the same version",
      kites("Paper Kites - Wersja Akustyczna"),
      kites("Paper Kites (Acoustic)"),
    ],
    ["a radio edit of the same length", plain, kites("Paper Kites - Radio Edit", { durationMs: long + 900 })],
    ...["Single Version", "Single Edit", "Mono", "Original Version"].map(
      (soft): Pair => [`${soft} of the same length`, plain, kites(`Paper Kites (${soft})`)],
    ),
    ...["Clean", "Album Version", "Bonus Track", "Deluxe Edition", "Lyrics", "Official Audio", "Remastered"].map(
      (neutral): Pair => [`the neutral ${neutral}`, plain, kites(`Paper Kites [${neutral}]`)],
    ),
    [
      "live takes on one album, named in one title only",
      kites("Paper Kites - Live", { album: "Live in Oslo" }),
      kites("Paper Kites", { album: "Live in Oslo" }),
    ],
    ["live as a word of the title", kites("Long Live (The Kites)"), kites("Long Live (The Kites)")],
  ],
  "parts and numbers": [
    ["Pt. 1 and Part One", track("Tide, Pt. 1"), track("Tide (Part One)")],
    ["II and Part 2", track("Tide II"), track("Tide, Part 2")],
    ["act one", track("The Harbour, Act I"), track("The Harbour (Act 1)")],
    ["a letter that is the whole title", kites("X"), kites("X")],
    [
      "a digit in a name",
      kites("Paper Kites", { artists: ["Kites 2 Go"] }),
      kites("Paper Kites", { artists: ["Kites 2 Go"] }),
    ],
    ["a number that is told twice", track("Nocturne No. 2 in E, Op. 9 No. 2"), track("Nocturne in E, Op. 9 No. 2")],
    ["a lone I that is a word", track("You and I"), track("You And I")],
  ],
  artists: [
    ["another order", by("Ann Vale", "Bo Lund"), by("Bo Lund", "Ann Vale")],
    ["one joined string", by("Ann Vale", "Bo Lund", "Mira"), by("Ann Vale, Bo Lund & Mira")],
    ["an x between them", by("Ann Vale x Bo Lund"), by("Bo Lund", "Ann Vale")],
    ["the first only", by("Ann Vale", "Bo Lund"), by("Ann Vale")],
    ["a band that looks like several", by("Fox, Moon & Rain"), by("Fox, Moon and Rain")],
    ["a guest in the title", kites("Paper Kites (feat. Bo Lund)"), by("Ann Vale", "Bo Lund")],
    [
      "a guest without brackets",
      kites("Paper Kites Remix feat. Bo Lund"),
      kites("Paper Kites (Remix)", { artists: ["Ann Vale", "Bo Lund"] }),
    ],
    ["articles, dots and signs", by("The A$AP P!nk A.B.C."), by("asap pink abc")],
    ...[
      "Ann Vale / Bo Lund",
      "Ann Vale; Bo Lund",
      "Ann Vale vs. Bo Lund",
      "Ann Vale and Bo Lund",
      "Ann Vale und Bo Lund",
    ].map((joined): Pair => [`${joined}, one string`, by("Ann Vale", "Bo Lund"), by(joined)]),
    ...["mit", "con", "avec", "y", "und", "w/"].map(
      (word): Pair => [`a guest behind ${word}`, kites(`Paper Kites (${word} Bo Lund)`), by("Ann Vale", "Bo Lund")],
    ),
    ["a DJ", by("DJ Kestrel"), by("Kestrel")],
    ["guests that one side spells otherwise", inNoTime("Ann Vale", "Cy Stoone"), inNoTime("Ann Vale", "Cy Stone")],
    ["guests in two scripts", inNoTime("Ann Vale", "공원소녀"), inNoTime("Ann Vale", "Park Girls")],
    ["an official channel", plain, by("Official Ann Vale")],
    ["an orchestra of the artist's", by("Ann Vale & His Orchestra"), by("Ann Vale")],
    ["initials", by("J. R. Vale"), by("John Robert Vale")],
    [
      "an upload with a channel name",
      plain,
      kites("Ann Vale - Paper Kites (Official Video)", { artists: ["Melody Channel"] }),
    ],
    ["an upload that ends with the artist", plain, kites("Paper Kites - Ann Vale", { artists: ["Melody Channel"] })],
    ["a topic channel", plain, by("Ann Vale - Topic")],
    [
      "an unknown artist with album and length",
      kites("Paper Kites", { artists: [], album: "Harbour" }),
      kites("Paper Kites", { album: "Harbour" }),
    ],
  ],
  "scripts and letters": [
    [
      "Cyrillic and Latin",
      kites("Кукушка", { artists: ["Полина Гагарина"] }),
      kites("Kukushka", { artists: ["Polina Gagarina"] }),
    ],
    [
      "Greek and Latin",
      kites("Άνοιξη", { artists: ["Δήμητρα Γαλάνη"] }),
      kites("Anoixi", { artists: ["Dimitra Galani"] }),
    ],
    [
      "kana and Latin",
      kites("ホタルノヒカリ", { artists: ["いきものがかり"] }),
      kites("Hotaru no Hikari", { artists: ["Ikimonogakari"] }),
    ],
    [
      "Han beside Latin, with album and length",
      kites("紅蓮華", { artists: ["LiSA"], album: "LEO-NiNE" }),
      kites("Gurenge", { artists: ["LiSA"], album: "LEO-NiNE" }),
    ],
    [
      "equal native text",
      track("月亮代表我的心", { artists: ["鄧麗君"] }),
      track("月亮代表我的心", { artists: ["鄧麗君"] }),
    ],
    ["a Hebrew letter that is v here and o there", hebrew("דנה לוי"), hebrew("Dana Levi")],
    ["a Hebrew letter that is p here and f there", hebrew("דפנה ברק"), hebrew("Dafna Barak")],
    ["a Hebrew sound that some spell ch", hebrew("חנן ברק"), hebrew("Chanan Barak")],
    ["Hebrew and Latin", kites("ירושלים", { artists: ["מירה"] }), kites("Yerushalayim", { artists: ["Mira"] })],
    ["a name in both scripts", by("공원소녀 Park Girls"), by("Park Girls")],
    ["mathematical letters and zero width", kites("𝐏𝐚𝐩𝐞𝐫 Ki\u200btes"), plain],
    ["an ending that is sung", kites("Goin' Home"), kites("Going Home")],
    ["half width", track("ﾗｲﾗｯｸ", { artists: ["Ａｎｎ"] }), track("ライラック", { artists: ["Ann"] })],
    [
      "letters that do not decompose",
      track("Łódź nocą", { artists: ["Øystein Æsk"] }),
      track("Lodz noca", { artists: ["Oystein Aesk"] }),
    ],
    ["two letters for an umlaut", kites("Für Mädchen"), kites("Fuer Maedchen")],
    ["quotes, dashes and ampersands", track("Don’t — Rock ’n’ Roll & Me"), track("Dont - Rock and Roll and Me")],
    ["spaces", track("Kiteflight"), track("Kite Flight")],
  ],
  "album, length, flags": [
    [
      "a deluxe edition",
      kites("Paper Kites", { album: "Harbour" }),
      kites("Paper Kites", { album: "Harbour (Deluxe Edition)" }),
    ],
    ["a compilation", kites("Paper Kites", { album: "Harbour" }), kites("Paper Kites", { album: "Summer Hits" })],
    ["a single", kites("Paper Kites", { album: "Harbour" }), kites("Paper Kites", { album: "Paper Kites - Single" })],
    [
      "a soundtrack",
      kites("Paper Kites", { album: "Harbour" }),
      kites("Paper Kites", { album: "The Harbour (Original Motion Picture Soundtrack)" }),
    ],
    ["six seconds", plain, kites("Paper Kites", { durationMs: long + 6_000 })],
    ["two seconds", plain, kites("Paper Kites", { durationMs: long + 2_000 })],
    [
      "years of a re-release",
      kites("Paper Kites", { releaseDate: "1975" }),
      kites("Paper Kites", { releaseDate: "2014-05-01" }),
    ],
    ["every optional field absent", track("Paper Kites"), track("Paper Kites")],
  ],
  ISRC: [
    ["another code", kites("Paper Kites", { isrc: code }), kites("Paper Kites", { isrc: "USABC0100001" })],
    [
      "an equal code and an unknown artist",
      track("Paper Kites", { isrc: code }),
      track("Paper Kites", { isrc: code, artists: ["Various Artists"] }),
    ],
    [
      "an equal code and a composer for the performer",
      kites("Paper Kites", { isrc: code }),
      kites("Paper Kites", { isrc: code, artists: ["Nord Orchestra"] }),
    ],
    [
      "an equal code across scripts",
      track("紅蓮華", { isrc: code, artists: ["LiSA"] }),
      track("Gurenge", { isrc: code, artists: ["LiSA"] }),
    ],
  ],
};

const refused: Record<string, readonly Pair[]> = {
  "versions in the title": [
    ...[
      "Live",
      "Acoustic",
      "Nova Remix",
      "Instrumental",
      "Karaoke Version",
      "Demo",
      "Sped Up",
      "8D",
      "Extended Mix",
      "A Cappella",
      "Reprise",
      "German Version",
      "Ann's Version",
      "In the Style of Ann Vale",
      "Re-recorded",
      "VIP Mix",
      "Dub",
      "Live Session",
      "Unplugged",
      "Take 2",
      "Nova Rework",
      "Bootleg",
      "Mashup",
      "Slowed",
      "Slowed + Reverb",
      "Cover",
      "Tribute",
      "Made Famous by Ann Vale",
      "Orchestral Version",
      "Piano Version",
      "Stripped",
      "Commentary",
      "Nightcore",
    ].flatMap((version): Pair[] => [
      [`${version} on one side, same length`, plain, kites(`Paper Kites (${version})`)],
      [`${version} after a dash`, track("Paper Kites"), track(`Paper Kites - ${version}`)],
    ]),
    ["a version without brackets", plain, kites("Paper Kites Live")],
    ["two remixes", kites("Paper Kites (Nova Remix)"), kites("Paper Kites (Orbit Remix)")],
    ["two live takes", kites("Paper Kites (Live at the Dome)"), kites("Paper Kites (Live in Oslo)")],
    [
      "a remix and its instrumental",
      kites("Paper Kites (Nova Remix)"),
      kites("Paper Kites (Nova Remix) [Instrumental]"),
    ],
    ["a version field on one side", plain, kites("Paper Kites", { version: "Live" })],
    ["a karaoke album", plain, kites("Paper Kites", { album: "Karaoke Hits 12" })],
    ["an album of covers", plain, kites("Paper Kites", { album: "Covers of Ann Vale" })],
    ["an 8-bit album", plain, kites("Paper Kites", { album: "8-Bit Harbour" })],
    ["a karaoke label", plain, by("Ann Vale", "Karaoke Stars")],
    ...["Single Version", "Single Edit", "Mono", "Original Version"].flatMap((soft): Pair[] => [
      [`${soft} without a length`, track("Paper Kites"), track(`Paper Kites (${soft})`)],
      [`${soft} of another length`, plain, kites(`Paper Kites (${soft})`, { durationMs: long + 20_000 })],
    ]),
    ["a live album", plain, kites("Paper Kites", { album: "Live in Oslo" })],
    ["a radio edit without a length", track("Paper Kites"), track("Paper Kites - Radio Edit")],
    ["a radio edit of another length", plain, kites("Paper Kites - Radio Edit", { durationMs: long - 20_000 })],
  ],
  "parts and numbers": [
    ["two parts", track("Tide, Pt. 1"), track("Tide, Pt. 2")],
    ["roman parts", track("Tide I"), track("Tide II")],
    ["volumes in brackets", track("Tide (Vol. 3)"), track("Tide (Vol. 4)")],
    ["numbers that change places", track("Nocturne, Op. 9 No. 2"), track("Nocturne, Op. 2 No. 9")],
    ["movements", track("Symphony No. 5, Op. 67: I. Allegro"), track("Symphony No. 5, Op. 67: II. Allegro")],
    ["acts", track("The Harbour, Act I"), track("The Harbour, Act II")],
    ["digits", track("Interlude 1"), track("Interlude 2")],
    ["a part on one side and no length", track("Tide, Pt. 2"), track("Tide")],
  ],
  artists: [
    [
      "a cover of the same length and album",
      kites("Paper Kites", { album: "Harbour" }),
      kites("Paper Kites", { album: "Harbour", artists: ["Bo Lund"] }),
    ],
    ["a guest in common and no length", inNoTime("Ann Vale", "Mira"), inNoTime("Bo Lund", "Mira")],
    ["other guests and no length", inNoTime("Ann Vale", "Bo Lund"), inNoTime("Ann Vale", "Mira")],
    [
      "a guest whom only the titles name",
      kites("Paper Kites (With You)"),
      kites("Paper Kites (With You)", { artists: ["Bo Lund"] }),
    ],
    [
      "a subtitle that begins with and",
      kites("Paper Kites (And You Alone)"),
      kites("Paper Kites (And You Alone)", { artists: ["Bo Lund"] }),
    ],
    [
      "a guest with you, and nobody else",
      track("Paper Kites (With You)", { artists: [] }),
      kites("Paper Kites (With You)"),
    ],
    ["a name that the other begins with", by("Mia"), by("Mia Torres Band")],
    ["a tribute act", plain, by("Tribute to Ann Vale")],
    ["the same title without album and length", track("Home"), track("Home", { artists: ["Bo Lund"] })],
    ["an upload of another artist", plain, kites("Bo Lund - Paper Kites", { artists: ["Melody Channel"] })],
    ["both unknown", track("Home", { artists: [] }), track("Home", { artists: ["Various Artists"] })],
  ],
  "scripts and letters": [
    ["another song in another script", track("紅蓮華", { artists: ["LiSA"] }), track("Homura", { artists: ["LiSA"] })],
    [
      "the same native title by another native name",
      track("月亮代表我的心", { artists: ["鄧麗君"] }),
      track("月亮代表我的心", { artists: ["齊秦"] }),
    ],
    ["another Hebrew name", hebrew("דנה לוי"), hebrew("Dana Cohen")],
    ["other Hebrew", track("שלום עולם"), track("לילה טוב")],
    ["marks that tell words apart", track("ハハ"), track("パパ")],
    ["two empty titles", track(""), track("")],
    ["two other emoji", track("🔥"), track("💧")],
  ],
  "album, length, flags": [
    ["nothing but the length", kites("Paper Kites"), kites("Long Road", { artists: ["Bo Lund"] })],
    [
      "another track of the same album",
      kites("Tide", { album: "Harbour", trackNumber: 3 }),
      kites("Tides of Rain", { album: "Harbour", trackNumber: 4, durationMs: long + 9_000 }),
    ],
    ["half a minute", plain, kites("Paper Kites", { durationMs: long + 31_000 })],
    [
      "five per cent of ten minutes",
      kites("Paper Kites", { durationMs: 600_000 }),
      kites("Paper Kites", { durationMs: 632_000 }),
    ],
    [
      "equal length and album only",
      kites("Paper Kites", { album: "Harbour" }),
      kites("Long Road", { album: "Harbour" }),
    ],
  ],
  ISRC: [
    [
      "an equal code on another song",
      kites("Paper Kites", { isrc: code }),
      kites("Long Road", { isrc: code, artists: ["Bo Lund"] }),
    ],
    [
      "an equal code on another song of the artist",
      kites("Paper Kites", { isrc: code }),
      kites("Long Road", { isrc: code }),
    ],
    ["an equal code on a live take", kites("Paper Kites", { isrc: code }), kites("Paper Kites (Live)", { isrc: code })],
    ["an equal code on another part", kites("Tide, Pt. 1", { isrc: code }), kites("Tide, Pt. 2", { isrc: code })],
    [
      "an equal code and a minute between",
      kites("Paper Kites", { isrc: code }),
      kites("Paper Kites", { isrc: code, durationMs: long + 60_000 }),
    ],
  ],
};

describe("failure classes", () => {
  for (const [name, pairs] of Object.entries(accepted)) {
    it.each(pairs)(`${name}: takes %s for the same recording`, (_, a, b) => {
      expect(confidence(a, b)).toBeGreaterThanOrEqual(0.8);
      expect(confidence(b, a)).toBe(confidence(a, b));
    });
  }
  for (const [name, pairs] of Object.entries(refused)) {
    it.each(pairs)(`${name}: does not take %s for the same recording`, (_, a, b) => {
      expect(confidence(a, b)).toBeLessThan(0.8);
      expect(confidence(b, a)).toBe(confidence(a, b));
    });
  }
});
