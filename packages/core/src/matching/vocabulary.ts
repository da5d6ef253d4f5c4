/**
 * The words by which catalogues mark versions, in the languages that services localise them to. All words are folded.
 * Kinds as in the sorting of title tails: guest, neutral (the same recording), soft (the length decides), version
 * (another recording).
 */
function wordsOf(lines: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(lines).flatMap(([tag, words]) => [tag, ...words.split(" ")].map((word) => [word, tag] as const)),
  );
}

/** Another recording wherever they stand in a tail. */
export const versionWords = wordsOf({
  mix: "remix rmx remixed remixes megamix",
  acoustic:
    "acustico acustica acustic akustik akustisch akustische akustyczna akustyczny akustinen akustisk acoustique",
  unplugged: "unpluged",
  instrumental: "instrumentale instrumentals instrumentaal instrumentaali instrumentalversion inst",
  acappella: "acapella cappella capella acapela",
  karaoke: "からおけ playback singalong",
  bootleg: "bootlegs",
  mashup: "mashups",
  rework: "reworked refix remake reimagined",
  spedup: "sped",
  slowed: "slowedreverb",
  reverb: "reverbed",
  "8d": "9d 16d",
  nightcore: "nightstep",
  tribute: "tributo hommage",
  orchestral: "symphonic philharmonic orchester orkiestra",
  rerecorded: "rerecording rerecord neuaufnahme newrecording",
  commentary: "interview",
  stripped: "strippeddown",
  medley: "potpourri",
  lullaby: "lullabies",
  "8bit": "chiptune",
  live: "らいぶ",
  demo: "demos demoversion",
  edit: "reedit djedit",
  boosted: "bassboosted",
  lesson: "tutorial",
  reaction: "reacts",
  preview: "teaser trailer snippet",
  extended: "erweiterte",
});

/** Another recording only at the edge of a tail or beside a version word: inside a phrase they are plain words. */
export const edgeWords = wordsOf({
  mix: "mixes miks",
  live: "vivo zywo konzert concert concierto concerto diretta livena",
  dub: "dubplate",
  take: "outtake",
  alternate: "alternative alt",
  session: "sessions sesion sesja",
  cover: "covers covered coverversion",
  piano: "klavier",
  vip: "vipmix",
  reprise: "ripresa",
  club: "clubmix",
  loop: "looped hour hours",
  extended: "long maxi",
  orchestral: "orchestra",
  english: "englisch ingles anglais inglese",
  german: "deutsch deutsche aleman allemand",
  spanish: "espanol espanola spanisch castellano",
  french: "francais francaise franzosisch frances",
  italian: "italiano italiana italienisch",
  portuguese: "portugues portuguesa",
  japanese: "japanisch nihongo",
  korean: "koreanisch",
  chinese: "mandarin cantonese",
  russian: "russisch ruso",
  polish: "polska polnisch",
  dutch: "nederlands nederlandse",
  swedish: "svenska",
  finnish: "suomi suomeksi",
  hebrew: "ivrit",
});

/** "Live" starts a tail as a verb as often as not: these may follow when it marks a recording. */
export const afterLive = new Set(
  "at in from on im bei beim am aus au aux en version ver acoustic session sessions lounge performance recording take video edit mix remaster remastered unplugged and y de der i w".split(
    " ",
  ),
);

export const softWords = new Set(
  "radio radioedit single mono stereo original originale originalversion short 7 inch edit edited editada editado kurzversion".split(
    " ",
  ),
);

/** Say that a tail is about a version at all; unknown words beside them name it ("Taylor's Version"). */
export const sayVersion = new Set(
  "version ver vers versione versio versie versao wersja versja verze versiones fassung mix edit ばあじょん".split(" "),
);

/** The same recording for a listener, in any combination. */
export const neutralWords = new Set(
  (
    "explicit clean dirty uncensored censored album lp ep cd main standard studio full bonus track song tracks deluxe edition expanded anniversary " +
    "special super limited collectors edicion ausgabe remaster remasters remastered remastering remasterizado remasterizada remasterise " +
    "remasterisee remasterizzato remastersoitu digital digitally recording recorded official offizielles offizielle oficial officiel ufficiale " +
    "video videoclip musikvideo audio music lyric lyrics letra paroles testo text visualizer visualiser clip hd hq uhd 4k 1080p 720p mv " +
    "soundtrack ost motion picture film movie score atmos dolby spatial hires 2k prod bonustrack pv"
  ).split(" "),
);

/** One of these makes a whole tail neutral, whatever names stand beside it ("2012 Abbey Road Remaster"). */
export const decidingNeutral =
  /^(?:remaster\w*|soundtrack|ost|official|officiel|oficial|offizielles|bonus|deluxe|anniversary|videoclip|lyrics?|visuali[sz]er)$/;

/** Words that carry nothing when versions are compared. */
export const fillers = new Set(
  "the a an of at in on by for to and from with feat im bei am der die das de la le el en y et und i au aux du del".split(
    " ",
  ),
);

export const guestWords = new Set("feat ft featuring with w mit con avec duet".split(" "));
/** Opens a list of guests only if the names behind it are known as artists: "(And You Alone)" is a subtitle. */
export const openingConjunction = /^(?:y|und|e|et|og|och|and) (?=\S)/;

export const videoWords = /^(?:video|videoclip|musikvideo|mv|pv|visuali[sz]er|clip|lyrics?)$/;

/** Phrases that name the performer of the original: somebody else plays here. */
export const imitation =
  /\b(?:in the style of|made famous|originally performed|as performed by|as originally|tribute to|im stil von|al estilo de|a la maniere de|cover(?:ed)? (?:by|von|par|por|di|door))\b/;

/** Some word of {@link contextMarks}; most albums have none, and need no closer look. */
export const contextHint =
  /karaoke|sing|backing|playback|からおけ|tribut|made famous|style of|originally|cover|8|chip|arcade|lullab|music box|rockabye|live|vivo|concert|zywo|unplugged|instrumental/;

/** Marks of imitation and of live recording in the names of albums and artists, by tag. */
export const contextMarks: readonly (readonly [tag: string, pattern: RegExp])[] = [
  ["karaoke", /\b(?:karaoke|sing ?along|backing tracks?|playback)\b|からおけ/],
  ["tribute", /\b(?:tribute|tributo|made famous|in the style of|originally performed|covers of|cover band)\b/],
  ["8bit", /\b(?:8 ?bit|chiptune|arcade player)\b/],
  ["lullaby", /\b(?:lullab(?:y|ies)|music box|rockabye)\b/],
  [
    "live",
    /\blive (?:at|in|from|on|im|aus|bei|a|au|en)\b|\b(?:en|ao|dal) vivo\b|\bin concert\b|\ben concert\b|\bna zywo\b/,
  ],
  ["unplugged", /\bunplugged\b/],
  ["instrumental", /\binstrumentals?\b|\binstrumental versions?\b/],
];
