// Made of the description by `npm run generate:client`; a test holds it to that.
export interface paths {
    "/services": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The services that can be connected */
        get: operations["listServices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/services/connected": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user's connected services, oldest first */
        get: operations["listConnectedServices"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/services/{name}/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a service was at its last check */
        get: operations["getServiceHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/services/{name}/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is left of the requests a service permits */
        get: operations["getServiceLimits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/services/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Disconnect a service, with its pairs */
        delete: operations["disconnectService"];
        options?: never;
        head?: never;
        /** Switch a connected service off or on */
        patch: operations["changeService"];
        trace?: never;
    };
    "/services/{name}/connect": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Connect a service, or begin to */
        post: operations["connectService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/services/{name}/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a service sends the user back to */
        get: operations["completeSignIn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sync/manual": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sync now, before what is scheduled */
        post: operations["syncNow"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sync/schedule": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sync by itself from now on */
        post: operations["scheduleSync"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sync/supported-pairs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which services can be synced, how, and what of them */
        get: operations["listSupportedPairs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/services/{name}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sync every pair in which a service takes part */
        post: operations["syncService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pairs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user's pairs, oldest first */
        get: operations["listPairs"];
        put?: never;
        /** Remember a pair, or change the one of the same two sides */
        post: operations["createPair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pairs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One pair */
        get: operations["getPair"];
        put?: never;
        post?: never;
        /** Forget a pair. Nothing happens at the services */
        delete: operations["forgetPair"];
        options?: never;
        head?: never;
        /** Change mode or options */
        patch: operations["changePair"];
        trace?: never;
    };
    "/pairs/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Refuse runs until it is resumed */
        post: operations["pausePair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pairs/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let it run again */
        post: operations["resumePair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pairs/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sync a pair now */
        post: operations["syncPair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/pairs/{id}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let the plan that is held go ahead, at the next run */
        post: operations["confirmPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user's plans, youngest first */
        get: operations["listPlans"];
        put?: never;
        /** Find out what a sync of a pair would do */
        post: operations["createPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/plans/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One plan */
        get: operations["getPlan"];
        put?: never;
        post?: never;
        /** Forget a plan. Nothing happens at the services */
        delete: operations["forgetPlan"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/plans/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a plan would do, line by line */
        get: operations["listPlanItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/plans/{id}/items/{position}/alternatives": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What else a line could be at the other service, the likeliest first */
        get: operations["listAlternatives"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/plans/{id}/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Do what the plan says, and nothing else */
        post: operations["applyPlan"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user's jobs and runs, youngest first */
        get: operations["listJobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Jobs that were set aside after their last attempt */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a job; one that runs ends at its next safe point */
        post: operations["cancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A job's progress, as server-sent events */
        get: operations["streamJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take back what a run has written, by a job of its own */
        post: operations["undoJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/jobs/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Give a dead job fresh attempts */
        post: operations["replayJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The user's schedules, oldest first */
        get: operations["listSchedules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{pair_id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Nothing runs by it until it is resumed */
        post: operations["pauseSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{pair_id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let it run again */
        post: operations["resumeSchedule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/schedules/{pair_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a pair's schedule away */
        delete: operations["removeSchedule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/overrides": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the user decided about matches, oldest first */
        get: operations["listOverrides"];
        put?: never;
        /** Decide about a match; the next runs do what follows */
        post: operations["setOverride"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/overrides/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a decision back: the matcher decides again */
        delete: operations["removeOverride"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conflicts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Items that both sides changed, in the order of their finding */
        get: operations["listConflicts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conflicts/{id}/decide": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let one side win, at the pair's next run */
        post: operations["decideConflict"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/services/{name}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why an item is, or is not, synced */
        get: operations["explainItem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/services/{name}/containers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The calendars, or other containers, whose documents can be synced */
        get: operations["listContainers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that is stored about the user */
        get: operations["exportMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done with the user's connections, youngest first */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke what the user granted, and erase all that is stored about them */
        delete: operations["eraseMe"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description */
        get: operations["getDescription"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Service: {
            /** @example spotify */
            name: string;
            display_name: string;
            /** @example music */
            category: string;
            /**
             * @description How a user connects it.
             * @enum {string}
             */
            sign_in: "oauth2" | "basic" | "none";
            capabilities: {
                sync_type: string;
                read: boolean;
                write: boolean;
                watch: boolean;
            }[];
            health: components["schemas"]["ServiceHealth"];
        };
        /** @description As the last check found it; asking does not ask the service. */
        ServiceHealth: {
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy" | "unknown";
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            checked_at: string | null;
        };
        Problem: {
            /** @description `about:blank`: `code` tells which problem it is. */
            type: string;
            title: string;
            status: number;
            /**
             * @description Stable; decide on this.
             * @example pair.unknown
             */
            code: string;
            /** @description For people: what is wrong, where, and what to do. */
            detail: string;
            /** @description As `detail`. */
            error: string;
            /** @enum {string} */
            remedy: "retry" | "reconnect" | "change-request" | "operate" | "report";
            /** @description Each field that is not as it must be. */
            errors?: {
                path: string;
                problem: string;
            }[];
        };
        ConnectedService: {
            id: string;
            name: string;
            display_name: string;
            category: string;
            /** @description As it is shown at the service. */
            account_name: string | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            last_sync: string | null;
            enabled: boolean;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            created_at: string;
            /** @enum {string} */
            state: "active" | "paused" | "needs-reauthorization";
            state_reason: string | null;
            /**
             * Format: date-time
             * @description When the service ends the authorization whatever is done.
             * @example 2026-11-24T08:00:00.000Z
             */
            expires_at: string | null;
            health: components["schemas"]["ServiceHealth"];
        };
        Limits: {
            remaining: number;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            reset_at: string;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            closed_until: string | null;
            reason: string | null;
        };
        SignInBegun: {
            message: string;
            /**
             * Format: uri
             * @description Where to send the user.
             */
            auth_url: string;
            state: string;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            expires_at: string;
        };
        Connected: {
            message: string;
            connection_id: string;
            /** @enum {string} */
            outcome: "connected" | "reconnected";
            /** @description What was asked for and not granted. */
            missing_scopes: string[];
        };
        /** @description By the service's `sign_in`: oauth2, basic, or none. */
        ConnectRequest: {
            /**
             * Format: uri
             * @description One of those that the host permits.
             */
            redirect_url: string;
            sync_types?: string[];
            /** @enum {string} */
            access?: "read" | "read-write";
            /** @description Renews this connection. */
            connection_id?: string;
        } | {
            /** Format: uri */
            server_url?: string;
            username: string;
            password: string;
        } | {
            account_id: string;
        };
        DryRunReport: {
            pair_id: string;
            status: string;
            counts: {
                [key: string]: number;
            };
            error_code: string | null;
        };
        Job: {
            id: string;
            pair_id: string;
            sync_type: string;
            /**
             * @description queued, running, succeeded, partial, held, deferred, failed, cancelled, dead
             * @example queued
             */
            status: string;
            /** @enum {string} */
            lane: "manual" | "automatic";
            trigger: string;
            /** @enum {string} */
            task: "sync" | "plan" | "apply" | "undo";
            plan_id: string | null;
            undoes: string | null;
            retry_count: number;
            max_retries: number;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            due_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            started_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            finished_at: string | null;
            counts: {
                processed: number;
                added: number;
                updated: number;
                deleted: number;
                unmatched: number;
                refused: number;
                requests: number;
            };
            error_code: string | null;
            cancel_requested: boolean;
        };
        ManualSync: {
            service_pairs: components["schemas"]["ServicePair"][];
            /** @example favorites */
            sync_type: string;
            sync_options?: components["schemas"]["SyncOptions"];
        };
        ServicePair: {
            source_service: components["schemas"]["Side"];
            target_service: components["schemas"]["Side"];
            /** @enum {string} */
            sync_mode: "sync-from" | "sync-to" | "bidirectional";
        };
        /** @description A service's name, or a connection's id, and of documents the container (calendar). */
        Side: string | {
            connection_id: string;
            container?: string;
        } | {
            service: string;
            container: string;
        };
        SyncOptions: {
            match_threshold?: number;
            /** @enum {string} */
            conflict_policy?: "skip" | "overwrite" | "merge" | "newest-wins" | "source-wins" | "target-wins";
            /** @enum {string} */
            propagation?: "additive" | "mirror";
            prune?: boolean;
            dry_run?: boolean;
        };
        ScheduledSync: {
            service_pairs: components["schemas"]["ServicePair"][];
            /** @example favorites */
            sync_type: string;
            sync_options?: components["schemas"]["SyncOptions"];
            schedule: {
                enabled?: boolean;
                frequency?: components["schemas"]["Frequency"];
                /** @example 0 8 * * MON-FRI */
                cron?: string;
                /** @description Where the cron expression's times are local. */
                timezone?: string;
                /**
                 * Format: date-time
                 * @description Ignored: the answer says when.
                 * @example 2026-11-24T08:00:00.000Z
                 */
                next_run?: string;
            };
        };
        /** @example 6h */
        Frequency: string;
        Pair: {
            id: string;
            source_connection_id: string;
            target_connection_id: string;
            sync_type: string;
            /** @enum {string} */
            sync_mode: "sync-from" | "sync-to" | "bidirectional";
            options: {
                match_threshold: number;
                conflict_policy: string;
                propagation: string;
                prune: boolean;
            };
            /** @enum {string} */
            state: "active" | "paused";
            state_reason: string | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            not_before: string | null;
            /** @description A plan waits for somebody to confirm it. */
            held_plan_hash: string | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            last_run: string | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            last_success: string | null;
        };
        CreatePair: {
            pair: components["schemas"]["ServicePair"];
            /** @example favorites */
            sync_type: string;
            options?: components["schemas"]["PairOptions"];
        };
        PairOptions: {
            match_threshold?: number;
            /** @enum {string} */
            conflict_policy?: "skip" | "overwrite" | "merge" | "newest-wins" | "source-wins" | "target-wins";
            /** @enum {string} */
            propagation?: "additive" | "mirror";
            prune?: boolean;
        };
        ChangePair: {
            /** @enum {string} */
            sync_mode?: "sync-from" | "sync-to" | "bidirectional";
            options?: components["schemas"]["PairOptions"];
        };
        StoredPlan: {
            id: string;
            pair_id: string;
            sync_type: string;
            /** @enum {string} */
            state: "planning" | "ready" | "failed" | "applying" | "applied" | "stale";
            /** @description The job that makes it or, later, carries it out. */
            job_id: string | null;
            error_code: string | null;
            /** @description What a guard keeps back: `apply` takes its hash as `confirm`. */
            hold: {
                hash: string;
                reason: string | null;
                confirmed: boolean;
            } | null;
            counts: {
                operations: number;
                held: number;
                unmatched: number;
            };
            estimate: {
                requests: number;
                /**
                 * Format: date-time
                 * @example 2026-11-24T08:00:00.000Z
                 */
                expected_end: string;
            } | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            planned_at: string | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            expires_at: string;
        };
        PlanItemPage: {
            items: components["schemas"]["PlanLine"][];
            /** @description `null` on the last page. */
            next_cursor: string | null;
        };
        PlanLine: {
            position: number;
            /** @enum {string} */
            section: "write" | "held" | "unmatched" | "link";
            kind: string | null;
            verdict: string | null;
            /** @enum {string|null} */
            side: "source" | "target" | null;
            source: components["schemas"]["ShownItem"];
            target: components["schemas"]["ShownItem"];
            container_id: string | null;
            reason: string;
            matched_by: string | null;
            confidence: number | null;
            /** @description Why both are taken for the same, in words. */
            explanation: string | null;
        };
        /** @description As its service shows it now; nothing of it is stored. */
        ShownItem: {
            id: string;
            /** @description `null`: not asked for, or not to be had now. */
            title: string | null;
            artists: string[];
            album: string | null;
            duration_ms: number | null;
        } | null;
        Alternative: {
            item: components["schemas"]["ShownItem"];
            confidence: number | null;
            explanation: string | null;
        };
        JobPage: {
            jobs: components["schemas"]["Job"][];
            /** @description `null` on the last page. */
            next_cursor: string | null;
        };
        Schedule: {
            id: string;
            pair_id: string;
            enabled: boolean;
            /** @example 6h */
            frequency: string;
            cron: string | null;
            timezone: string | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            next_run: string;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            last_run: string | null;
        };
        OverridePage: {
            overrides: components["schemas"]["Override"][];
            /** @description `null` on the last page. */
            next_cursor: string | null;
        };
        Override: {
            override_id: string;
            /** @enum {string} */
            verdict: "same" | "different" | "none";
            /** @enum {string} */
            item_kind: "track" | "album" | "artist";
            /** @description The two items; of `none`, the item and the service that has none for it. */
            items: {
                service: string;
                id: string | null;
            }[];
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            created_at: string;
        };
        OverrideSet: {
            override: components["schemas"]["Override"];
            replaced: components["schemas"]["Override"][];
        };
        /** @description This is that; this is not that; there is none over there. */
        Decision: {
            /** @enum {string} */
            verdict: "same";
            /**
             * @default track
             * @enum {string}
             */
            item_kind: "track" | "album" | "artist";
            service_a: string;
            id_a: string;
            service_b: string;
            id_b: string;
            alongside?: boolean;
        } | {
            /** @enum {string} */
            verdict: "different";
            /**
             * @default track
             * @enum {string}
             */
            item_kind: "track" | "album" | "artist";
            service_a: string;
            id_a: string;
            service_b: string;
            id_b: string;
        } | {
            /** @enum {string} */
            verdict: "none";
            /**
             * @default track
             * @enum {string}
             */
            item_kind: "track" | "album" | "artist";
            service: string;
            id: string;
            to: string;
        };
        ConflictPage: {
            conflicts: components["schemas"]["Conflict"][];
            /** @description `null` on the last page. */
            next_cursor: string | null;
        };
        Conflict: {
            id: string;
            pair_id: string;
            job_id: string;
            kind: string;
            /** @enum {string} */
            state: "open" | "resolved";
            policy: string;
            /**
             * @description The pair's next run does it.
             * @enum {string|null}
             */
            decision: "source" | "target" | null;
            resolution: string | null;
            source: {
                item_id: string | null;
                deleted: boolean;
                /**
                 * Format: date-time
                 * @example 2026-11-24T08:00:00.000Z
                 */
                modified_at: string | null;
            };
            target: {
                item_id: string | null;
                deleted: boolean;
                /**
                 * Format: date-time
                 * @example 2026-11-24T08:00:00.000Z
                 */
                modified_at: string | null;
            };
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            found_at: string;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            resolved_at: string | null;
        };
        Explanation: {
            pair_id: string;
            /** @enum {string} */
            side: "source" | "target";
            state: string;
            reason: string | null;
            /** @description Its id, or the keyed hash of it where ids are sealed. */
            counterpart: string | null;
            confidence: number | null;
            matched_by: string | null;
            attempts: number;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            next_attempt: string | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            decided_at: string;
            last_outcome: {
                kind: string;
                outcome: string;
                reason: string | null;
            } | null;
        };
        /** @description As its service shows it now; nothing of it is stored. */
        Container: {
            id: string;
            name: string;
            /** @enum {string} */
            access: "write" | "read" | "busy";
            primary: boolean;
            time_zone: string | null;
        };
        AuditPage: {
            entries: components["schemas"]["AuditEntry"][];
            /** @description `null` on the last page. */
            next_cursor: string | null;
        };
        AuditEntry: {
            id: string;
            act: string;
            service: string | null;
            subject_id: string | null;
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            at: string;
        };
        Erasure: {
            message: string;
            revoked: number;
            not_revoked: number;
            rows: number;
        };
        /** @description Codes only, because anybody may ask. */
        Health: {
            /** @enum {string} */
            status: "healthy" | "degraded" | "unhealthy";
            /**
             * Format: date-time
             * @example 2026-11-24T08:00:00.000Z
             */
            timestamp: string;
            database: {
                status: string;
                error?: string;
            };
            services: {
                [key: string]: {
                    status: string;
                    error?: string;
                };
            };
        };
        /** @description In the service's own form or, signed by Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`), as here. */
        SignedDelivery: {
            type?: string;
            data?: {
                connection_id?: string;
                user_id?: string;
                account_id?: string;
                tenant_id?: string;
                sync_type?: string;
                container_id?: string;
            } & {
                [key: string]: unknown;
            };
        } & {
            [key: string]: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listServices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        services: components["schemas"]["Service"][];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listConnectedServices: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        services: components["schemas"]["ConnectedService"][];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getServiceHealth: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of the service. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How it was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ServiceHealth"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getServiceLimits: {
        parameters: {
            query?: {
                /** @description Which, where there are several. */
                connection_id?: string;
            };
            header?: never;
            path: {
                /** @description Of the service. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is left. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Limits"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    disconnectService: {
        parameters: {
            query?: {
                /** @description Which, where there are several. */
                connection_id?: string;
            };
            header?: never;
            path: {
                /** @description Of the service. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                        /** @enum {string} */
                        revocation: "revoked" | "unsupported" | "failed" | "nothing-to-revoke";
                        removed_pairs: number;
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changeService: {
        parameters: {
            query?: {
                /** @description Which, where there are several. */
                connection_id?: string;
            };
            header?: never;
            path: {
                /** @description Of the service. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    enabled: boolean;
                };
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConnectedService"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    connectService: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the service. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ConnectRequest"];
            };
        };
        responses: {
            /** @description Send the user to `auth_url`; the service sends them back to the callback. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInBegun"];
                };
            };
            /** @description Connected at once, where no consent at the service is needed. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connected"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    completeSignIn: {
        parameters: {
            query: {
                state: string;
                code?: string;
                error?: string;
            };
            header?: never;
            path: {
                /** @description Of the service. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Connected. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Connected"];
                };
            };
            /** @description To the host's page, with `service` and `outcome` or `error` in the query. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    syncNow: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ManualSync"];
            };
        };
        responses: {
            /** @description A dry run: what would be done. Nothing was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                        service_pairs: number;
                        sync_type: string;
                        reports: components["schemas"]["DryRunReport"][];
                    };
                };
            };
            /** @description Queued: one job a pair. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                        service_pairs: number;
                        sync_type: string;
                        jobs: components["schemas"]["Job"][];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    scheduleSync: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduledSync"];
            };
        };
        responses: {
            /** @description It is scheduled. Setting it again changes it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                        service_pairs: number;
                        sync_type: string;
                        /**
                         * Format: date-time
                         * @example 2026-11-24T08:00:00.000Z
                         */
                        next_run: string | null;
                        schedule: {
                            enabled: boolean;
                            frequency: string | null;
                            cron: string | null;
                            timezone: string;
                            /**
                             * Format: date-time
                             * @example 2026-11-24T08:00:00.000Z
                             */
                            next_run: string | null;
                        };
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSupportedPairs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All that the providers of this host can do. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        supported_pairs: {
                            source_service: string;
                            target_service: string;
                            category: string;
                            supported_modes: string[];
                            types: {
                                sync_type: string;
                                supported_modes: string[];
                            }[];
                        }[];
                        sync_types: string[];
                        sync_modes: {
                            mode: string;
                            description: string;
                        }[];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    syncService: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Of the service. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        message: string;
                        service_pairs: number;
                        jobs: components["schemas"]["Job"][];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPairs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        pairs: components["schemas"]["Pair"][];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPair: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePair"];
            };
        };
        responses: {
            /** @description The pair. Nothing is synced yet. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pair"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPair: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pair. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pair"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    forgetPair: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is forgotten. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changePair: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePair"];
            };
        };
        responses: {
            /** @description The pair. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pair"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pausePair: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pair. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pair"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumePair: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pair. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pair"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    syncPair: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Queued. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    confirmPlan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description `held_plan_hash`. */
                    plan_hash: string;
                };
            };
        };
        responses: {
            /** @description The pair. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pair"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPlans: {
        parameters: {
            query?: {
                pair_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        plans: components["schemas"]["StoredPlan"][];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createPlan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    pair_id: string;
                };
            };
        };
        responses: {
            /** @description A worker makes it; see its state. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredPlan"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan as it stands. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredPlan"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    forgetPlan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is forgotten. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listPlanItems: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                section?: "write" | "held" | "unmatched" | "link";
                /** @description Ask the services what the items of this page are called: a request for each. */
                names?: "true" | "false";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PlanItemPage"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAlternatives: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
                position: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Found just now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        alternatives: components["schemas"]["Alternative"][];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    applyPlan: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description `hold.hash`: what is held, too. */
                    confirm?: string;
                };
            };
        };
        responses: {
            /** @description Queued. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                status?: "queued" | "running" | "succeeded" | "partial" | "held" | "deferred" | "failed" | "cancelled" | "dead";
                lane?: "manual" | "automatic";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description `job` with the job as it stands, at once and with each change; `progress` with `phase`, `done` and `total` of a run. Ends with the job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    undoJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job that takes it back. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replayJob: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listSchedules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        schedules: components["schemas"]["Schedule"][];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                pair_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schedule as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeSchedule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                pair_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schedule as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeSchedule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                pair_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is none now. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listOverrides: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverridePage"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setOverride: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Decision"];
            };
        };
        responses: {
            /** @description Decided; `replaced` could not stand beside it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverrideSet"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    removeOverride: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is taken back. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listConflicts: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
                state?: "open" | "resolved";
                pair_id?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConflictPage"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decideConflict: {
        parameters: {
            query?: never;
            header?: {
                /** @description Of the client's own making. The same request with the same key is done once within a day: repeats are given the first answer, with `idempotency-replayed: true`. What failed may be tried again with its key. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    winner: "source" | "target";
                };
            };
        };
        responses: {
            /** @description The conflict as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Conflict"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainItem: {
        parameters: {
            query: {
                external_id: string;
                connection_id?: string;
            };
            header?: never;
            path: {
                /** @description Of the service. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One for each pair that knows the item. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        explanations: components["schemas"]["Explanation"][];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listContainers: {
        parameters: {
            query: {
                sync_type: string;
                connection_id?: string;
            };
            header?: never;
            path: {
                /** @description Of the service. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the service's order. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        containers: components["schemas"]["Container"][];
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    exportMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A line of JSON for each page of a table: ids, hashes, times, counts and states; what is sealed stays sealed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": string;
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                limit?: number;
                /** @description `next_cursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    eraseMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDescription: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        openapi: string;
                    } & {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description What went wrong. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
