import type { OrderedAnswer, OrderedWriter, Session } from "../../contract/index.ts";
import type { OrderedCall } from "../../ordered/index.ts";

/**
 * Makes one call; exactly one request.
 * @param length of the list before it: what comes behind all others is appended, wherever that is by now
 */
export async function writeCall(
  writer: OrderedWriter,
  session: Session,
  containerId: string,
  call: OrderedCall,
  length: number,
): Promise<OrderedAnswer> {
  switch (call.kind) {
    case "insert": {
      const place = call.at < length ? [call.at] : [];
      return await writer.insert(session, containerId, call.tokens, ...place);
    }
    case "remove":
      return await writer.remove(
        session,
        containerId,
        call.entries.map(({ token, at }) => ({ id: token, at })),
      );
    case "remove-every":
      return await writer.remove(
        session,
        containerId,
        call.tokens.map((id) => ({ id, at: 0 })),
      );
    case "move":
      return await present(writer.move, "move").call(writer, session, containerId, call);
    case "order":
      return await present(writer.order, "order").call(writer, session, containerId, call.tokens);
  }
}

function present<T>(method: T | undefined, name: string): T {
  if (method === undefined) throw new TypeError(`the provider declares moves and has no ${name}`);
  return method;
}
