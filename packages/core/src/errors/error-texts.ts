/**
 * Every error code with its English text. Codes are stable and part of semantic versioning; texts are not.
 * A host that wants other words or another language gives its own catalogue to {@link describeError}.
 *
 * Parameters hold our own handles, service names, numbers and codes. They never hold user content or secrets,
 * because an error's message may be stored and logged.
 */
export const errorTexts = {
  // Requests: the caller has to change something.
  "request.invalid": (p: { path: string; problem: string }) => `${p.path}: ${p.problem}`,
  "request.key-reused": () =>
    "This idempotency key was used for another request. Use a new key for each request, and the same one only to repeat it.",
  "request.under-way": () => "The same request is being done right now. Ask again in a moment to hear what came of it.",
  "request.no-pair": () => "The request names no pair. Give at least one { source, target, mode } in `pairs`.",
  "request.side-missing": (p: { pair: number; side: string }) =>
    `Pair ${p.pair} has no ${p.side}. Name a service or a connection id on both sides.`,
  "request.mode-missing": (p: { pair: number }) =>
    `Pair ${p.pair} has no mode. Choose "sync-from" (source to target) or "sync-to" (target to source).`,
  "request.mode-unknown": (p: { pair: number; mode: string; known: string }) =>
    `Pair ${p.pair} has the unknown mode "${p.mode}". Known modes: ${p.known}.`,
  "request.type-unknown": (p: { type: string; known: string }) =>
    `"${p.type}" is not a sync type. Known types: ${p.known}.`,
  "request.type-unsupported": (p: { service: string; type: string; access: string }) =>
    `${p.service} cannot ${p.access} "${p.type}". See engine.registry.supportedPairs() for what can be synced.`,
  "request.category-mismatch": (p: { source: string; target: string }) =>
    `${p.source} and ${p.target} are services of different categories and cannot be a pair.`,
  "request.same-connection": (p: { pair: number }) =>
    `Both sides of pair ${p.pair} are the same connection. A pair needs two different ones.`,
  "request.same-container": (p: { pair: number }) =>
    `Both sides of pair ${p.pair} are the same container. A pair needs two different ones.`,
  "request.container-missing": (p: { pair: number; service: string; type: string }) =>
    `Pair ${p.pair} names no container of ${p.service}, and "${p.type}" are in several. Give \`{ service, container }\`; engine.containers() lists them.`,
  "request.container-unwanted": (p: { pair: number; service: string; type: string }) =>
    `Pair ${p.pair} names a container of ${p.service}, where "${p.type}" are in none. Leave \`container\` out.`,
  "request.pair-exists": (p: { pairId: string }) =>
    `These two sides are a pair already (${p.pairId}). Change that pair or forget it first.`,
  "service.unknown": (p: { service: string; known: string }) =>
    `No provider is registered for "${p.service}". Registered: ${p.known || "none"}.`,
  "service.not-connected": (p: { service: string }) =>
    `The user has not connected ${p.service}. Start with engine.connections.begin({ service: "${p.service}", … }).`,
  "service.ambiguous": (p: { service: string; connectionIds: string }) =>
    `The user has several connections to ${p.service}; name one by its id: ${p.connectionIds}.`,
  "connection.unknown": (p: { connectionId: string }) => `There is no connection ${p.connectionId} for this user.`,
  "override.unknown": (p: { overrideId: string }) => `There is no override ${p.overrideId} for this user.`,
  "conflict.unknown": (p: { conflictId: string }) => `There is no conflict ${p.conflictId} for this user.`,
  "conflict.resolved": (p: { conflictId: string }) => `Conflict ${p.conflictId} has ended; there is nothing to decide.`,
  "pair.unknown": (p: { pairId: string }) => `There is no pair ${p.pairId} for this user.`,
  "pair.paused": (p: { pairId: string; reason: string }) =>
    `Pair ${p.pairId} is paused (${p.reason}). Solve the cause, then call engine.pairs.resume().`,
  "connection.off": (p: { connectionId: string; service: string }) =>
    `Connection ${p.connectionId} to ${p.service} is switched off. connections.setEnabled(ref, true) switches it on again.`,
  "pair.busy": (p: { pairId: string }) => `Another run holds pair ${p.pairId}. Try again when it has finished.`,
  "engine.stopped": () => "The engine has been stopped and takes no more work.",
  "engine.started": () => "The engine works on jobs already. Stop it first, or leave it as it is.",

  // Jobs in the background.
  "queue.full": (p: { lane: string; size: number }) =>
    `The ${p.lane} lane of this tenant is full: ${p.size} jobs wait to be begun. Nothing was queued; try again later.`,
  "schedule.unknown": (p: { pairId: string }) => `Pair ${p.pairId} has no schedule. Set one first.`,
  "queue.closed": () => "The queue has been closed: it takes no more messages and delivers none.",
  "queue.no-answer": (p: { afterMs: number }) =>
    `The queue did not answer within ${p.afterMs} ms. What it was asked may have been done all the same.`,
  "job.unknown": (p: { jobId: string }) => `There is no job ${p.jobId} for this user.`,
  "undo.unfinished": (p: { jobId: string }) =>
    `Run ${p.jobId} has not ended. Wait for its end, or cancel it, before you undo it.`,
  "undo.expired": (p: { jobId: string }) =>
    `What run ${p.jobId} wrote is no longer on record (\`finishedIntentsMs\` of the retention), so it cannot be undone.`,
  "undo.of-plays": (p: { jobId: string }) =>
    `Run ${p.jobId} wrote down what was played, which nothing takes back. Delete the playlist; no other one is made.`,
  "job.not-dead": (p: { jobId: string; status: string }) =>
    `Job ${p.jobId} is ${p.status}; only a dead one can be replayed.`,
  "job.direct": (p: { jobId: string }) =>
    `Job ${p.jobId} is a call that runs without a worker. Abort the signal that was given to that call.`,
  "job.format-unknown": (p: { jobId: string; format: number }) =>
    `Job ${p.jobId} has format ${p.format}, which this release does not know. Replay it with a release that does.`,
  "job.worker-lost": (p: { jobId: string }) => `The worker that had job ${p.jobId} ended without a word.`,
  "job.crashed": (p: { jobId: string }) =>
    `Job ${p.jobId} met an error that is not one of this SDK's. The onError of engine.start() is told of it.`,

  // Construction: every problem at once.
  "config.invalid": (p: { problems: string }) => `The configuration has problems:\n${p.problems}`,

  // Authorization.
  "auth.state-unknown": () => "This authorization was never started here, or was finished already. Begin again.",
  "auth.state-expired": () => "The authorization took longer than 10 minutes. Begin again.",
  "auth.state-foreign": () => "This authorization was started by another user, tenant or service. Begin again.",
  "auth.consent-denied": (p: { service: string }) => `The user did not give consent at ${p.service}.`,
  "auth.code-missing": (p: { service: string }) =>
    `The callback from ${p.service} carries neither a code nor an error. Pass the whole callback URL.`,
  "auth.code-refused": (p: { service: string }) =>
    `${p.service} refused the authorization code. It may be used, expired or issued for another redirect URL. Begin again.`,
  "auth.redirect-refused": (p: { service: string; problem: string }) =>
    `The redirect URL does not suit ${p.service}: ${p.problem}`,
  "auth.wrong-account": (p: { service: string; connectionId: string }) =>
    `The user signed in to another ${p.service} account than the one connection ${p.connectionId} belongs to. Sign in to that account, or connect the new one separately.`,
  "auth.refresh-token-missing": (p: { service: string }) =>
    `${p.service} gave no refresh token, so the connection cannot be kept alive. Connect again.`,
  "auth.reauthorization-required": (p: { service: string; connectionId: string; reason: string }) =>
    `Connection ${p.connectionId} to ${p.service} needs a new authorization (${p.reason}). Send the user through engine.connections.begin().`,
  "auth.scope-missing": (p: { service: string; scopes: string; type: string }) =>
    `The connection to ${p.service} lacks ${p.scopes}, which "${p.type}" needs. Connect again and ask for it.`,
  "auth.client-refused": (p: { service: string }) =>
    `${p.service} refused this application's own credentials. Check client id and secret.`,
  "auth.password-refused": (p: { service: string }) =>
    `${p.service} refused the name or password. Check both; many services want a password made for applications.`,
  "auth.kind-mismatch": (p: { service: string; kind: string; use: string }) =>
    `${p.service} authorizes by "${p.kind}". Use ${p.use}.`,
  "auth.refresh-storm": (p: { connectionId: string }) =>
    `Connection ${p.connectionId} was refreshed too often in ten minutes; something keeps rejecting fresh tokens. Try again later.`,

  // What services answer.
  "service.rate-limited": (p: { service: string; retryAfterMs: number }) =>
    `${p.service} asks for ${p.retryAfterMs} ms of quiet before the next request.`,
  "service.unavailable": (p: { service: string; route: string; status: number }) =>
    `${p.service} could not answer ${p.route} (status ${p.status}). It usually passes; try again later.`,
  "service.unreachable": (p: { service: string; route: string }) =>
    `No answer from ${p.service} for ${p.route}: the connection failed. Try again later.`,
  "service.timed-out": (p: { service: string; route: string; timeoutMs: number }) =>
    `${p.service} did not finish answering ${p.route} within ${p.timeoutMs} ms.`,
  "service.circuit-open": (p: { service: string; untilMs: number }) =>
    `Requests to ${p.service} are suspended until ${new Date(p.untilMs).toISOString()} because it kept failing.`,
  "service.outage": (p: { service: string; reason: string }) =>
    `${p.service} refuses this application as a whole (${p.reason}). Its operator has to act; no user can.`,
  "service.not-found": (p: { service: string; route: string }) =>
    `${p.service} knows nothing under ${p.route} with that id.`,
  "service.forbidden": (p: { service: string; route: string; reason: string }) =>
    `${p.service} does not allow ${p.route} (${p.reason}).`,
  "service.invalid-request": (p: { service: string; route: string; reason: string }) =>
    `${p.service} refused ${p.route} as invalid (${p.reason}).`,
  "service.collection-full": (p: { service: string }) => `The collection at ${p.service} is full.`,
  "service.malformed-answer": (p: { service: string; route: string; problem: string }) =>
    `${p.service} answered ${p.route} in a form that we do not understand: ${p.problem}`,
  "service.outcome-unknown": (p: { service: string; route: string }) =>
    `The answer of ${p.service} to the write ${p.route} was lost; it may or may not have happened. It is looked up before it is repeated.`,
  "service.id-refused": (p: { service: string; route: string }) =>
    `An id for ${p.service} ${p.route} is empty, a dot segment, or holds control characters, and is not sent.`,
  "service.url-refused": (p: { problem: string }) => `This address is not requested: ${p.problem}`,

  // Plans and runs.
  "plan.altered": () => "The plan does not match its own hash. Apply plans exactly as engine.plan() returned them.",
  "plan.stale": (p: { pairId: string }) => `Pair ${p.pairId} has been changed since it was planned. Plan again.`,
  "plan.unknown": (p: { planId: string }) => `There is no stored plan ${p.planId}, or it has expired. Plan again.`,
  "plan.not-ready": (p: { planId: string }) =>
    `Plan ${p.planId} is still being made, or could not be. Look at its state before you apply it.`,
  "plan.applied": (p: { pairId: string }) => `This plan of pair ${p.pairId} was applied already. Plan again.`,
  "plan.held": (p: { pairId: string; planHash: string }) =>
    `The plan of pair ${p.pairId} is held by a guard. Look at it, then confirm exactly this plan (${p.planHash}).`,
  "plan.vetoed": (p: { pairId: string }) => `The host's veto hook refused the plan of pair ${p.pairId}.`,
  "run.lease-lost": (p: { pairId: string }) => `The run lost its lease on pair ${p.pairId}; another one took over.`,
  "run.deferred": (p: { service: string; untilMs: number }) =>
    `The run is put off until ${new Date(p.untilMs).toISOString()}: ${p.service} asked for quiet.`,
  "run.bound-exceeded": (p: { bound: string; limit: number }) => `The run exceeded its bound of ${p.limit} ${p.bound}.`,
  "run.aborted": () => "The run was aborted by its caller.",

  // Keys.
  "crypto.key-length": (p: { keyId: string; bytes: number }) =>
    `Encryption key "${p.keyId}" has ${p.bytes} bytes; AES-256 needs exactly 32.`,
  "crypto.key-unknown": (p: { keyId: string }) =>
    `A value was encrypted under key "${p.keyId}", which is not in the key ring. Add that key; nothing was changed.`,
  "crypto.ciphertext-malformed": (p: { problem: string }) => `A stored ciphertext cannot be read: ${p.problem}`,
  "crypto.tampered": (p: { field: string }) =>
    `The stored ciphertext of ${p.field} fails authentication: it was altered, moved, or sealed under another key of the same name. Nothing was changed.`,

  // Storage.
  "storage.conflict": (p: { what: string }) => `Another writer changed ${p.what} first. Read again and decide anew.`,
  "storage.constraint": (p: { table: string }) =>
    `A row for ${p.table} breaks a uniqueness rule, or refers to a row that is not there.`,
  "storage.failed": (p: { operation: string }) => `The storage failed in ${p.operation}; see the cause.`,
  "storage.schema-outdated": (p: { found: number; needed: number }) =>
    `The database has schema version ${p.found}, this release needs ${p.needed}. Call engine.migrate() first.`,
  "storage.schema-newer": (p: { found: number; known: number }) =>
    `The database has schema version ${p.found}, newer than the ${p.known} that this release knows. Update the package.`,
} as const;

export type ErrorCode = keyof typeof errorTexts;

/** The parameters that a code's text needs; `Record<never, never>` for those that need none. */
export type ErrorParams<C extends ErrorCode> =
  Parameters<(typeof errorTexts)[C]> extends [infer P] ? P : Record<never, never>;

/** A replacement for some or all texts, for example in another language. */
export type ErrorCatalogue = { readonly [C in ErrorCode]?: (params: ErrorParams<C>) => string };
