import type { OrderedCapability } from "../../../src/contract/index.ts";
import type { OrderedCall } from "../../../src/ordered/index.ts";

/** A service that does to a list what it is told, if it can, and refuses everything else. */
export class OrderedService {
  list: string[];
  readonly #can: OrderedCapability;

  constructor(list: readonly string[], can: OrderedCapability) {
    this.list = [...list];
    this.#can = can;
  }

  call(call: OrderedCall): void {
    switch (call.kind) {
      case "remove":
        this.#remove(call.entries);
        break;
      case "remove-every":
        this.#removeEvery(call.tokens);
        break;
      case "move":
        this.#move(call);
        break;
      case "insert":
        this.#insert(call.at, call.tokens);
        break;
      case "order":
        this.#order(call.tokens);
        break;
    }
  }

  #remove(entries: readonly { readonly token: string; readonly at: number }[]): void {
    refuseUnless(this.#can.remove === "entry", "removes all copies only");
    refuseUnless(entries.length >= 1 && entries.length <= this.#can.perCall.remove, "too few or too many");
    entries.forEach(({ at, token }, i) => {
      refuseUnless(this.list[at] === token, "not there");
      refuseUnless(i === 0 || at > entries[i - 1]!.at, "not ascending");
    });
    const gone = new Set(entries.map(({ at }) => at));
    this.list = this.list.filter((_, at) => !gone.has(at));
  }

  #removeEvery(tokens: readonly string[]): void {
    refuseUnless(this.#can.remove === "token", "removes single copies only");
    refuseUnless(tokens.length >= 1 && tokens.length <= this.#can.perCall.remove, "too few or too many");
    refuseUnless(new Set(tokens).size === tokens.length, "named twice");
    for (const token of tokens) refuseUnless(this.list.includes(token), "not there");
    this.list = this.list.filter((token) => !tokens.includes(token));
  }

  #move({ start, length, before }: { start: number; length: number; before: number }): void {
    refuseUnless(this.#can.moves === "range", "cannot move ranges");
    refuseUnless(start >= 0 && length >= 1 && start + length <= this.list.length, "no such range");
    refuseUnless(before >= 0 && before <= this.list.length, "no such place");
    refuseUnless(before < start || before > start + length, "goes nowhere");
    const taken = this.list.splice(start, length);
    this.list.splice(before > start ? before - length : before, 0, ...taken);
  }

  #insert(at: number, tokens: readonly string[]): void {
    refuseUnless(tokens.length >= 1 && tokens.length <= this.#can.perCall.insert, "too few or too many");
    refuseUnless(at >= 0 && at <= this.list.length, "no such place");
    refuseUnless(this.#can.insert === "anywhere" || at === this.list.length, "appends only");
    this.list.splice(at, 0, ...tokens);
  }

  #order(tokens: readonly string[]): void {
    refuseUnless(this.#can.moves === "whole-order", "takes no order");
    refuseUnless(tokens.toSorted().join() === this.list.toSorted().join(), "not the same entries");
    refuseUnless(tokens.join() !== this.list.join(), "is in this order");
    this.list = [...tokens];
  }
}

function refuseUnless(fine: boolean, why: string): void {
  if (!fine) throw new Error(`refused: ${why}`);
}
