import { type HttpRequest, MalformedAnswerError, type RequestPurpose, type Session, serviceError } from "@syncer/core";
import { z } from "zod";
import { type Multistatus, multistatusSchema } from "./multistatus.ts";

/** The name under which errors and reports know this provider. */
export const SERVICE = "caldav";

/** A question to a server. */
export interface DavQuestion {
  readonly method: "PROPFIND" | "REPORT";
  /** Names it in logs and errors; addresses hold names of people. */
  readonly route: string;
  readonly url: URL;
  readonly depth: "0" | "1";
  readonly body: string;
  readonly purpose: RequestPurpose;
}

/** Nothing is changed by it, so that it may be sent twice. */
function requestOf({ method, route, url, depth, body, purpose }: DavQuestion) {
  return {
    method,
    base: "",
    route,
    url,
    text: { contentType: "text/xml; charset=utf-8", body },
    headers: { accept: "text/xml, application/xml", depth },
    purpose,
    repeatable: true,
  } as const satisfies Partial<HttpRequest<unknown>>;
}

/** @throws {MalformedAnswerError} also for a redirect, and for what is no multistatus */
export function ask(session: Session, question: DavQuestion): Promise<Multistatus> {
  return session.http.request({ ...requestOf(question), schema: multistatusSchema });
}

const MOST_REDIRECTS = 5;

/**
 * Asks, and goes where the server sends. Done by hand: method and body stay, and each address is looked at before the password is
 * sent there.
 * @param mayGo whether an address may have the password
 * @returns the answer, and the address that gave it
 */
export async function askAround(
  session: Session,
  question: DavQuestion,
  mayGo: (url: URL) => boolean,
): Promise<{ readonly multistatus: Multistatus; readonly url: URL }> {
  let { url } = question;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const answer = await session.http.exchange({
      ...requestOf({ ...question, url }),
      redirects: "answer",
      schema: z.union([multistatusSchema, z.undefined()]),
    });
    const isRedirect = answer.status >= 300 && answer.status < 400;
    if (!isRedirect && answer.body) return { multistatus: answer.body, url };
    const location = answer.headers.get("location");
    if (!isRedirect || !location || !URL.canParse(location, url)) break;
    const next = new URL(location, url);
    if (!mayGo(next)) {
      throw serviceError(SERVICE, question.route, answer.status, { kind: "forbidden", reason: "redirect-elsewhere" });
    }
    url = next;
  }
  throw new MalformedAnswerError(SERVICE, question.route, "no multistatus, or redirects without an end.");
}
