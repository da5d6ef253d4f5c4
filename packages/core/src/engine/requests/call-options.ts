import { z } from "zod";
import { parseWith } from "./request.ts";

export interface CallOptions {
  /** Cancels: the operation at hand is finished and recorded, the rest is left to the next run. */
  readonly signal?: AbortSignal;
}

export interface ApplyOptions extends CallOptions {
  /** Hashes of held plans that a person has confirmed. */
  readonly confirm?: readonly string[];
}

const signal = z.custom<AbortSignal>((value) => value instanceof AbortSignal, "an AbortSignal is expected").optional();
const callOptions = z.object({ signal });
const applyOptions = z.object({ signal, confirm: z.array(z.string()).optional() });

/** @throws {InvalidRequestError} `request.invalid` */
export function checkCallOptions(options: unknown): void {
  parseWith(callOptions, options, "options");
}

/** @throws {InvalidRequestError} `request.invalid` */
export function checkApplyOptions(options: unknown): void {
  parseWith(applyOptions, options, "options");
}
