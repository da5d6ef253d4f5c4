import type { UniversalTrack } from "@syncer/core";
import type { LabelledPair } from "./labelled-pairs.ts";
import { hashOf, type Random, seededRandom } from "./seeded-random.ts";

/** Invented songs of one writing system. Titles and names as `native|romanised`. */
interface Songs {
  readonly name: string;
  /** Whether the native form can be romanised by a table; else only equal native text tells. */
  readonly romanisable: boolean;
  readonly titles: string;
  readonly artists: string;
}

const songs: readonly Songs[] = [
  {
    name: "cyrillic",
    romanisable: true,
    titles:
      "Зимний вечер|Zimniy vecher;Белая ночь|Belaya noch;Красный трамвай|Krasny tramvay;Река времени|Reka vremeni;Последний поезд|Posledniy poezd;" +
      "Тишина|Tishina;Осенний дождь|Osenniy dozhd;Город спит|Gorod spit;Щит и меч|Shchit i mech;Хрустальный шар|Khrustalny shar;Юность|Yunost;Пять минут|Pyat minut",
    artists:
      "Северный ветер|Severny Veter;Анна Волкова|Anna Volkova;Жёлтый дом|Zhyolty Dom;Игорь Чайкин|Igor Chaikin;Мария Щукина|Maria Shchukina;Рыжий кот|Ryzhy Kot",
  },
  {
    name: "greek",
    romanisable: true,
    titles:
      "Χειμώνας|Cheimonas;Η θάλασσα|I thalassa;Μαύρα μάτια|Mavra matia;Το παλιό λιμάνι|To palio limani;Νύχτα|Nychta;Ο δρόμος|O dromos;" +
      "Καλημέρα|Kalimera;Ψυχή μου|Psychi mou;Βροχή|Vrochi;Φεγγάρι|Feggari",
    artists:
      "Άννα Παππά|Anna Pappa;Νίκος Βασιλείου|Nikos Vasileiou;Ελένη Ξένου|Eleni Xenou;Γιώργος Δούκας|Giorgos Doukas",
  },
  {
    name: "hebrew",
    romanisable: true,
    titles:
      "לילה טוב|Layla Tov;ים כחול|Yam Kachol;שיר אהבה|Shir Ahava;חורף|Horef;הדרך הביתה|Haderech Habaita;כוכב צפון|Kochav Tzafon;" +
      "גשם ראשון|Geshem Rishon;מכתב|Michtav",
    artists: "דנה לוי|Dana Levi;יוסי כרמל|Yossi Carmel;נועם שגב|Noam Segev;מיכל ברק|Michal Barak",
  },
  {
    name: "japanese",
    romanisable: true,
    titles:
      "さくらのうた|Sakura no Uta;ひかり|Hikari;カゼノマチ|Kaze no Machi;ゆきのはな|Yuki no Hana;なみだ|Namida;ほしぞら|Hoshizora;かえりみち|Kaerimichi;" +
      "ちいさなまど|Chiisana Mado;ヒマワリ|Himawari;あおいとり|Aoi Tori;きょうのそら|Kyou no Sora;ずっと|Zutto",
    artists: "はなまる|Hanamaru;ミドリカワ|Midorikawa;あさひばし|Asahibashi;ツキノワ|Tsukinowa",
  },
  {
    name: "korean",
    romanisable: false,
    titles:
      "봄바람|Bombaram;겨울 편지|Gyeoul Pyeonji;푸른 밤|Pureun Bam;우리의 노래|Uriui Norae;달빛|Dalbit;첫눈|Cheotnun;바다로|Badaro;별 헤는 밤|Byeol Heneun Bam",
    artists: "한결|Hangyeol;서윤아|Seo Yoona;초록별|Chorokbyeol;민재|Minjae",
  },
  {
    name: "chinese",
    romanisable: false,
    titles:
      "春天的风|Chuntian de Feng;蓝色海岸|Lanse Haian;夜航|Ye Hang;旧地图|Jiu Ditu;归途|Guitu;雨后|Yu Hou;星河|Xinghe;小城|Xiao Cheng",
    artists: "林小雨|Lin Xiaoyu;陈北川|Chen Beichuan;王若兰|Wang Ruolan;周南山|Zhou Nanshan",
  },
  {
    name: "arabic",
    romanisable: false,
    titles:
      "ليل طويل|Leil Taweel;قمر|Amar;يا بحر|Ya Bahr;أغنية الصباح|Oghniyat Al Sabah;طريق العودة|Tareeq Al Awda;ورد|Ward;نسيم|Naseem",
    artists: "سلمى حداد|Salma Haddad;كريم نصار|Karim Nassar;ليلى عمران|Layla Omran;فادي صالح|Fadi Saleh",
  },
  {
    name: "thai",
    romanisable: false,
    titles: "คืนนี้|Khuen Ni;ทะเลใจ|Thale Jai;ฝนตก|Fon Tok;ดาวเหนือ|Dao Nuea;ทางกลับบ้าน|Thang Klap Ban",
    artists: "มาลี|Malee;สมชาย ใจดี|Somchai Jaidee;วิภา|Wipha;นทีทอง|Nathithong",
  },
  {
    name: "diacritics",
    romanisable: true,
    titles:
      "Žluťoučký kůň|Zlutoucky kun;Gözlerin|Gozlerin;Ça ira demain|Ca ira demain;Świt nad Wisłą|Swit nad Wisla;Þögn|Thogn;Ørneberg|Orneberg;" +
      "Über den Fluss|Ueber den Fluss;Señora Luna|Senora Luna;Đêm mưa|Dem mua;Straße im Süden|Strasse im Sueden",
    artists: "Jiří Novotný|Jiri Novotny;Zoë Färber|Zoe Faerber;Łukasz Żak|Lukasz Zak;Ása Björk|Asa Bjork",
  },
];

interface Names {
  readonly native: string;
  readonly roman: string;
}

interface Song {
  readonly title: Names;
  readonly artist: Names;
  readonly durationMs: number;
}

const namesIn = (list: string): readonly Names[] =>
  list.split(";").map((entry) => {
    const [native = "", roman = native] = entry.split("|");
    return { native, roman };
  });

const track = (title: string, artist: string, durationMs?: number, album?: string): UniversalTrack => ({
  title,
  artists: [artist],
  externalIds: {},
  ...(durationMs === undefined ? {} : { durationMs }),
  ...(album === undefined ? {} : { album }),
});

const shown = ({ title, artist, durationMs }: Song): UniversalTrack => track(title.native, artist.native, durationMs);
const near = (song: Song, random: Random): number => song.durationMs + random.between(-1_500, 1_500);
const joined = ({ native, roman }: Names, random: Random): string =>
  random.pick([`${native} (${roman})`, `${native} ${roman}`, `${roman} (${native})`]);

function sameSong(song: Song, romanisable: boolean, random: Random): UniversalTrack {
  const { title, artist } = song;
  const ways = [
    () => track(title.native, artist.roman, near(song, random)),
    () => track(title.native, joined(artist, random), near(song, random)),
    () => track(`${title.native} (${title.roman})`, artist.native, near(song, random)),
    () => track(title.native, artist.native),
  ];
  const romanised = [
    () => track(title.roman, artist.roman, near(song, random)),
    () => track(title.roman, joined(artist, random), near(song, random)),
    () => track(title.roman, artist.native, near(song, random)),
    () => track(title.roman, artist.roman),
  ];
  return random.pick(romanisable ? [...ways, ...romanised] : ways)();
}

function otherSong(song: Song, next: Song, stranger: Names, random: Random): UniversalTrack {
  const { title, artist } = song;
  const elsewhereMs = song.durationMs + random.pick([-1, 1]) * random.between(9_000, 50_000);
  return random.pick([
    () => track(next.title.roman, artist.roman, next.durationMs),
    () => track(next.title.native, artist.native, near(song, random)),
    () => track(title.native, stranger.native, elsewhereMs),
    () => track(title.native, stranger.native),
    () => track(random.pick([`${title.native} (Live)`, `${title.native} - Remix`]), artist.native, near(song, random)),
    () => track(`${title.roman} - Live`, artist.roman, near(song, random)),
    () => track(title.native, artist.native, song.durationMs + 70_000, "Live in Oslo"),
  ])();
}

function pairsOf({ name, romanisable, titles, artists }: Songs): readonly LabelledPair[] {
  const [allTitles, allArtists] = [namesIn(titles), namesIn(artists)];
  return allArtists.flatMap((artist, at) => {
    const stranger = allArtists[(at + 2) % allArtists.length] ?? artist; // in the same half
    const own = allTitles.map(
      (title): Song => ({ title, artist, durationMs: 150_000 + (hashOf(title.roman + artist.roman) % 150_000) }),
    );
    return own.flatMap((song, i): readonly LabelledPair[] => {
      const random = seededRandom(hashOf(song.title.roman + artist.roman));
      const next = own[(i + 1) % own.length] ?? song;
      const half = at % 2 === 0 ? "fit" : "report";
      const a = shown(song);
      return [
        { class: name, same: true, a, b: sameSong(song, romanisable, random), half },
        { class: name, same: false, a, b: otherSong(song, next, stranger, random), half },
      ];
    });
  });
}

/** Songs by the same artists in native script, romanised, and both together, each way; what real rows have too little of. */
export const scriptPairs: readonly LabelledPair[] = songs.flatMap(pairsOf);
