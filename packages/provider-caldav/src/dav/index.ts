export { ask, askAround, SERVICE } from "./ask.ts";
export { multigetBody, PROPS, propfindBody, syncCollectionBody } from "./bodies.ts";
export { atPath, canonicalPath, idOf, isCollection, pathOf, pathOfId, withSlash } from "./href.ts";
export { conditionsOf, type DavResponse, hrefsIn, type Multistatus, readMultistatus } from "./multistatus.ts";
export { isSameSite } from "./same-site.ts";
export { escapeXml, readXml, type XmlNode } from "./xml.ts";
