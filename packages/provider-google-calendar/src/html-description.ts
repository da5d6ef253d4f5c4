import { plainTextOf } from "@syncer/calendar";

/** Elements that Google's editor makes, and references to characters: a description that has one is taken for HTML. */
const HTML =
  /<\/?(?:a|b|i|u|s|em|strong|strike|span|div|p|br|hr|ul|ol|li|h[1-6]|font|blockquote|pre|code|table|tbody|tr|td|th|html|body|html-blob|img)(?:[\s/][^<>]*)?>|&(?:#\d{1,6}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos|nbsp);/i;

/** Google has no flag for it: a description is text, or a subset of HTML. */
export function isHtml(description: string): boolean {
  return HTML.test(description);
}

/** A description in words. Line ends in HTML are shown as such by Google. */
export function readDescription(description: string): string {
  const text = description.replace(/\r\n?/g, "\n");
  return isHtml(text) ? plainTextOf(text.replace(/\n/g, "<br>")) : text;
}

/** Text that would be taken for HTML is told in HTML, so that it is shown as it is. */
export function writeDescription(text: string): string {
  if (!isHtml(text)) return text;
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return escaped.replace(/\n/g, "<br>");
}
