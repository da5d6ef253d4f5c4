/**
 * Today's names of zones that CLDR, and with it ICU, `Intl` and windows-iana, know by the name that they had first. The id of a
 * zone must be the same on every machine, and what `Intl` answers depends on the version of its data.
 * Source: tzdb 2026c, file `backward`; CLDR common/bcp47/timezone.xml.
 */
export const TODAYS_NAMES: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Mendoza": "America/Argentina/Mendoza",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Louisville": "America/Kentucky/Louisville",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

/** Zones that are no zones of their own any more, and those by which they have been replaced. Source: tzdb, `backward`. */
export const MERGED_ZONES: Readonly<Record<string, string>> = {
  "America/Montreal": "America/Toronto",
  "America/Nipigon": "America/Toronto",
  "America/Thunder_Bay": "America/Toronto",
  "America/Pangnirtung": "America/Iqaluit",
  "America/Rainy_River": "America/Winnipeg",
  "America/Santa_Isabel": "America/Tijuana",
  "America/Yellowknife": "America/Edmonton",
  "Asia/Choibalsan": "Asia/Ulaanbaatar",
  "Australia/Currie": "Australia/Hobart",
  "Europe/Uzhgorod": "Europe/Kyiv",
  "Europe/Zaporozhye": "Europe/Kyiv",
  "Pacific/Johnston": "Pacific/Honolulu",
  CET: "Europe/Brussels",
  CST6CDT: "America/Chicago",
  EET: "Europe/Athens",
  EST: "America/Panama",
  EST5EDT: "America/New_York",
  HST: "Pacific/Honolulu",
  MET: "Europe/Brussels",
  MST: "America/Phoenix",
  MST7MDT: "America/Denver",
  PST8PDT: "America/Los_Angeles",
  WET: "Europe/Lisbon",
  "Etc/GMT": "Etc/UTC",
};

/** Windows zones that are newer than windows-iana's table, or that it does not list. Source: CLDR windowsZones. */
export const MORE_WINDOWS_ZONES: Readonly<Record<string, string>> = {
  "South Sudan Standard Time": "Africa/Juba",
  "Qyzylorda Standard Time": "Asia/Qyzylorda",
  "Yukon Standard Time": "America/Whitehorse",
  "Mid-Atlantic Standard Time": "Etc/GMT+2",
  "Kamchatka Standard Time": "Asia/Kamchatka",
};
