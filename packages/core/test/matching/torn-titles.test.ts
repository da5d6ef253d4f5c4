import { describe, expect, it } from "vitest";
import { compare, confidence, track } from "./tracks.ts";

const nobody = { artists: [] };

describe("version words that a damaged list spells wrongly", () => {
  it.each([
    ["(Lvie)", "(Live)"],
    ["(Liv)", "(Live)"],
    ["(Lvie at the Dome)", "(Live at the Dome)"],
    ["(Lve 1987)", "(Live 1987)"],
    ["(Liv ein Oslo)", "(Live in Oslo)"],
    ["(Live att the Dome)", "(Live at the Dome)"],
    ["- Dmeo", "- Demo"],
    ["(Cober)", "(Cover)"],
    ["(Renix)", "(Remix)"],
    ["(Duub)", "(Dub)"],
    ["(Nova Renix)", "(Nova Remix)"],
    ["(Nova Mxi)", "(Nova Mix)"],
    ["(Long Nova Bridge Mxi)", "(Long Nova Bridge Mix)"],
  ])("reads %s as %s", (wrong, right) => {
    expect(confidence(track(`Paper Kites ${wrong}`), track("Paper Kites"))).toBeLessThan(0.1);
    expect(confidence(track(`Paper Kites ${wrong}`), track(`Paper Kites ${right}`))).toBeGreaterThan(0.8);
  });

  it.each([
    "(Lie)",
    "(Love)",
    "(Over)",
    "(Lover)",
    "(Emo)",
    "(Live Once)",
    "(Live Inside)",
    "(Livings)",
    "(Lie in the Sun)",
    "(Night of Max)",
  ])("takes %s for a part of the title", (tail) => {
    expect(compare(track(`Paper Kites ${tail}`), track("Paper Kites")).signs.version.grade).toBe("both-plain");
  });
});

describe("brackets that a damaged list tears", () => {
  it.each([
    ["Paper Kites live)", "Paper Kites (Live)"],
    ["Paper Kites live at the old Dome)", "Paper Kites (Live at the old Dome)"],
    ["Paper Kites remix) - Tide", "Paper Kites (Remix) - Tide"],
    ["Paper Kites (Liv)e", "Paper Kites (Live)"],
    ["Paper Kites (Remi)x - Tide", "Paper Kites (Remix) - Tide"],
  ])("reads %s as %s", (torn, whole) => {
    expect(compare(track(torn), track("Paper Kites")).signs.version.grade).toBe("one-sided");
    expect(compare(track(torn), track(whole)).signs.title.grade).toBe("exact");
    expect(confidence(track(torn), track(whole))).toBeGreaterThan(0.8);
  });

  it.each(["(Un)true", "Paper) Kites", ")", "live)", "Paper Kites (Slow)er", "Paper Kites (Live) (Re)union"])(
    "leaves %s as it is",
    (title) => {
      expect(confidence(track(title), track(title))).toBeGreaterThan(0.8);
    },
  );

  it("does not take the end of a title in brackets for a version", () => {
    expect(compare(track("Paper Kites tonight)"), track("Paper Kites tonight")).signs.title.grade).toBe("exact");
    expect(compare(track("Paper Kites (Slow)er"), track("Paper Kites")).signs.title.grade).toBe("contained");
    expect(compare(track("Paper Kites (Live) (Re)union"), track("Paper Kites (Live)")).signs.version.state).toBe(
      "agree",
    );
  });
});

describe("a version that stands in the field of the artist", () => {
  it("makes another recording of a plain one", () => {
    const live = track("Paper Kites", { artists: ["Ann Vale (Live)"] });
    expect(confidence(live, track("Paper Kites"))).toBeLessThan(0.1);
    expect(confidence(live, track("Paper Kites (Live)"))).toBeGreaterThan(0.8);
    const remix = track("Paper Kites", { artists: ["Ann Vale (Remix)"], album: "Live in Oslo" });
    expect(confidence(remix, track("Paper Kites", { album: "Live in Oslo" }))).toBeLessThan(0.2);
  });

  it("is seen when title and artist have changed places", () => {
    const swapped = (name: string) => track("Ann Vale", { artists: [name] });
    const upload = track("Ann Vale - Paper Kites");
    expect(confidence(swapped("Paper Kites"), upload)).toBeGreaterThan(0.8);
    expect(confidence(swapped("Paper Kites (Club Mix)"), upload)).toBeLessThan(0.1);
  });

  it("is no more than what brackets beside a name say of a version", () => {
    expect(confidence(track("Paper Kites", { artists: ["Ann Vale (UK)"] }), track("Paper Kites"))).toBeGreaterThan(0.8);
  });

  it("keeps what stands behind the artist's name in the title", () => {
    const plain = track("Paper Kites", { ...nobody, durationMs: 200_000 });
    const upload = (title: string) => track(title, { album: "Paper Kites", durationMs: 200_000 });
    expect(confidence(plain, upload("Ann Vale - Paper Kites (Remix)"))).toBeLessThan(0.1);
    expect(confidence(plain, upload("Ann Vale - Paper Kites"))).toBeGreaterThan(0.8);
  });
});

describe("a title with an album behind a dash", () => {
  const tide = track("Tide", { album: "Tide", durationMs: 200_000 });

  it("is not the track that the album is called by", () => {
    const other = track("Paper Kites - Tide", { durationMs: 201_000 });
    expect(confidence(other, tide)).toBeLessThan(0.8);
    expect(confidence({ ...other, album: "Tide" }, tide)).toBeLessThan(0.1);
    const nameless = track("Slow Lantern - Tide", { ...nobody, album: "Tide", durationMs: 200_000 });
    expect(confidence(nameless, tide)).toBeLessThan(0.8);
  });

  it("is the title that stands before the dash", () => {
    const onTide = track("Paper Kites", { album: "Tide" });
    expect(confidence(track("Paper Kites - Tide", { album: "Tide" }), onTide)).toBeGreaterThan(0.9);
    const misspelled = track("Paper Kites - Slow Harbuor", { album: "Slow Harbour" });
    expect(compare(misspelled, track("Paper Kites")).signs.title.grade).toBe("exact");
    expect(confidence(track("Paper Kites (Live) - Tide", { album: "Tide" }), onTide)).toBeLessThan(0.1);
  });

  it("may be an artist and a title track where nobody is named", () => {
    expect(confidence(track("Ann Vale - Tide", { ...nobody, album: "Tide" }), tide)).toBeGreaterThan(0.9);
    const upload = compare(track("Ann Vale - Paper Kites", nobody), track("Paper Kites", { album: "Tide" }));
    expect(upload.signs.title.grade).toBe("exact");
  });

  it("is the title where the artist of the other side stands before the dash", () => {
    const upload = track("Ann Vale - Paper Kites", { artists: ["Tide"], album: "Ann Vale" });
    expect(compare(upload, track("Paper Kites", { album: "Tide" })).signs.title.grade).toBe("variant");
    expect(compare(upload, track("Paper Kites", { artists: ["Bo Lund"], album: "Tide" })).confidence).toBe(0);
  });

  it("may be a translation: in another script, or on one and the same album", () => {
    const polaris = track("Polaris", { album: "Polaris" });
    expect(confidence(track("ポラリス - Polaris", { album: "Polaris" }), polaris)).toBeGreaterThan(0.8);
    const [both, one] = [track("Papierdrachen - Paper Kites"), track("Paper Kites")];
    expect(confidence({ ...both, album: "Tide" }, { ...one, album: "Tide" })).toBeGreaterThan(0.8);
    expect(confidence({ ...both, album: "Tide" }, { ...one, album: "Harbour" })).toBeLessThan(0.8);
    expect(confidence(both, one)).toBeLessThan(0.8);
    expect(confidence(track("Papierdrachen (Paper Kites)"), one)).toBeGreaterThan(0.8);
  });
});

describe("names in fields that are not theirs", () => {
  it("finds the artist of an album that names one", () => {
    const upload = track("Ann Vale - Paper Kites", { ...nobody, durationMs: 200_000 });
    const nameless = (album: string) => track("Paper Kites", { ...nobody, album, durationMs: 201_000 });
    expect(confidence(upload, nameless("Tide (Ann Vale)"))).toBeGreaterThan(0.8);
    expect(confidence(upload, nameless("Tide (Bo Lund)"))).toBeLessThan(0.8);
  });

  it("does not take the album of a title track for an artist", () => {
    const nameless = (title: string) => track(`Ann Vale - ${title}`, { ...nobody, album: "Tide", durationMs: 200_000 });
    expect(confidence(nameless("Tide"), nameless("Paper Kites"))).toBeLessThan(0.1);
  });

  it("takes an album with the name of its artist for that album", () => {
    const grade = (album: string, other: string) =>
      compare(track("Paper Kites", { album }), track("Paper Kites", { album: other })).signs.album.grade;
    expect(grade("Tide (Ann Vale)", "Tide")).toBe("similar");
    expect(grade("Tide", "Tide Ann Vale")).toBe("similar");
    expect(grade("Tide (Bo Lund)", "Tide")).toBe("different");
  });

  it("sees that artist and album have changed places on one side, and only then", () => {
    const right = track("Paper Kites", { album: "Tide" });
    expect(confidence(right, track("Paper Kites", { artists: ["Tide"], album: "Ann Vale" }))).toBeGreaterThan(0.8);
    expect(confidence(right, track("Paper Kites", { artists: ["Bo Lund"], album: "Ann Vale" }))).toBe(0);
    expect(confidence(right, track("Paper Kites", { artists: ["Tide"], album: "Bo Lund" }))).toBe(0);
  });

  it("says nothing of two works that are called Intro", () => {
    const intro = (artists: string[], album?: string) => track("Intro", { artists, album, durationMs: 90_000 });
    expect(confidence(intro([]), intro(["Ann Vale"]))).toBeLessThan(0.5);
    expect(confidence(intro([], "Tide"), intro(["Ann Vale"], "Tide"))).toBeGreaterThan(0.8);
    expect(confidence(intro(["Ann Vale"]), intro(["Ann Vale"]))).toBeGreaterThan(0.8);
  });
});

describe("numbers of damaged lists", () => {
  it.each([
    ["003-3 Kites", "3 Kites"],
    ["014-'k Fly", "'k Fly"],
    ["20-(Everything) Kites", "(Everything) Kites"],
  ])("takes the place on a list off %s", (numbered, title) => {
    expect(confidence(track(numbered), track(title))).toBeGreaterThan(0.8);
  });

  it("lets no album speak for a later part that is numbered on one side", () => {
    const onTide = (title: string) => track(title, { album: "Tide" });
    expect(confidence(onTide("Paper Kites, Pt. 2"), onTide("Paper Kites"))).toBeLessThan(0.8);
    expect(confidence(onTide("Paper Kites, Pt. 1"), onTide("Paper Kites"))).toBeGreaterThan(0.8);
    expect(confidence(onTide("Paper Kites, Pt. 2"), onTide("Paper Kites, Pt. 2"))).toBeGreaterThan(0.8);
  });

  it("reads years of two digits", () => {
    const grade = (date: string, other: string) =>
      compare(track("Paper Kites", { releaseDate: date }), track("Paper Kites", { releaseDate: other })).signs.year
        .grade;
    expect(grade("57", "1957-03-01")).toBe("same");
    expect(grade("1957", "'57")).toBe("same");
    expect(grade("58", "57")).toBe("near");
    expect(grade("1857", "1957")).toBe("different");
  });

  it("says nothing of an original mix in a text where the columns have run together", () => {
    const dump = track("Paper Kites - Original Mix Ann Vale", { ...nobody, album: "Harbour" });
    expect(confidence(dump, track("Paper Kites - Original Mix", { album: "Tide" }))).toBeGreaterThan(0.8);
    expect(confidence(track("Paper Kites - Nova Mix Ann Vale", nobody), track("Paper Kites"))).toBeLessThan(0.1);
  });
});
