/** What operation ids look like (see `CreateDocument`), which are the ids of the events that are made here. */
const OPERATION = /^[0-9A-Za-z._-]{40,60}$/;
/** Marks the events that are made here. Of Google's letters for ids of one's own, `a` to `v`. */
const OWN = "s0n";
/** Before Google's own ids that look like operation ids; no id of either has it. */
const ESCAPE = "=";

const DIGITS = "0123456789abcdefghijklmnopqrstuv";

/**
 * The id that Google knows an event by. Ids that clients choose have `a`–`v` and digits only, 5 to 1,024 of them, so an operation id
 * is told in base32hex (RFC 4648 §7) without padding.
 */
export function googleIdOf(documentId: string): string {
  if (documentId.startsWith(ESCAPE)) return documentId.slice(ESCAPE.length);
  return OPERATION.test(documentId) ? `${OWN}${encode(documentId)}` : documentId;
}

/** The reverse of {@link googleIdOf}: what is made under an operation id is known by it, whoever lists it. */
export function documentIdOf(googleId: string): string {
  const operation = googleId.startsWith(OWN) ? decode(googleId.slice(OWN.length)) : undefined;
  if (operation !== undefined && googleIdOf(operation) === googleId) return operation;
  return OPERATION.test(googleId) ? `${ESCAPE}${googleId}` : googleId;
}

function encode(text: string): string {
  let [bits, count, encoded] = [0, 0, ""];
  for (const byte of new TextEncoder().encode(text)) {
    bits = (bits << 8) | byte;
    for (count += 8; count >= 5; count -= 5) encoded += DIGITS[(bits >> (count - 5)) & 31];
    bits &= (1 << count) - 1;
  }
  return count === 0 ? encoded : encoded + DIGITS[(bits << (5 - count)) & 31];
}

/** @returns `undefined`: it is no text in base32hex */
function decode(encoded: string): string | undefined {
  const bytes: number[] = [];
  let [bits, count] = [0, 0];
  for (const digit of encoded) {
    const value = DIGITS.indexOf(digit);
    if (value === -1) return undefined;
    bits = (bits << 5) | value;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 255);
    bits &= (1 << count) - 1;
  }
  const text = String.fromCharCode(...bytes);
  return OPERATION.test(text) ? text : undefined;
}
