/**
 * Parts the source's joined artist string into names, as Spotify's `artists` array has them.
 *
 * The source does not say where one name ends, so this is derived: a comma or a guest word parts; "&", "and", "x" and
 * the like part only where every piece stands alone as an artist somewhere else in the catalogue, so that bands such
 * as "Earth, Wind & Fire" stay whole.
 *
 * @param known every artist string of the catalogue
 */
export function splitArtistLine(line: string, known: ReadonlySet<string>): [string, ...string[]] {
  const names = line
    .split(/ (?:feat\.|ft\.|featuring) /i)
    .flatMap((part) => splitList(part, known))
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const [first = line, ...rest] = [...new Set(names)];
  return [first, ...rest];
}

const BANDS_WITH_COMMAS = new Set(["Earth, Wind & Fire", "Crosby, Stills & Nash", "Emerson, Lake & Palmer"]);

function splitList(line: string, known: ReadonlySet<string>): string[] {
  if (BANDS_WITH_COMMAS.has(line)) return [line];
  return line.split(/,\s+/).flatMap((part) => {
    const pieces = part.split(/ (?:&|and|und|x|vs\.) /i);
    return pieces.length > 1 && pieces.every((piece) => known.has(piece)) ? pieces : [part];
  });
}
