import type {
  AuthInitiation,
  CallbackResult,
  ConflictPolicy,
  HealthStatus,
  OAuthTokens,
  RateLimit,
  ServiceCategory,
  ServiceInfo,
  ServicePair,
  ServiceProvider,
  SyncAction,
  SyncError,
  SyncItem,
  SyncJobRequest,
  SyncMode,
  SyncOptions,
  SyncResult,
  SyncSchedule,
  SyncType,
  UniversalPlaylist,
  UniversalTrack,
  UserProfile,
} from "@syncer/core";
import { describe, expectTypeOf, it } from "vitest";

/** The names of CON-9, in the order of the requirement. */
interface Vocabulary {
  ServiceProvider: ServiceProvider;
  ServiceCategory: ServiceCategory;
  ServiceInfo: ServiceInfo;
  OAuthTokens: OAuthTokens;
  SyncResult: SyncResult<UniversalTrack>;
  SyncItem: SyncItem<UniversalTrack>;
  SyncAction: SyncAction;
  SyncError: SyncError;
  UserProfile: UserProfile;
  RateLimit: RateLimit;
  AuthInitiation: AuthInitiation;
  CallbackResult: CallbackResult;
  SyncJobRequest: SyncJobRequest;
  ServicePair: ServicePair;
  SyncMode: SyncMode;
  SyncSchedule: SyncSchedule;
  SyncType: SyncType;
  SyncOptions: SyncOptions;
  ConflictPolicy: ConflictPolicy;
  UniversalTrack: UniversalTrack;
  UniversalPlaylist: UniversalPlaylist;
  HealthStatus: HealthStatus;
}

describe("the vocabulary of the original design (CON-9)", () => {
  it("is exported, and none of it has come down to nothing", () => {
    type Lost = { [K in keyof Vocabulary]: [Vocabulary[K]] extends [never] ? K : never }[keyof Vocabulary];
    type Anything = { [K in keyof Vocabulary]: 0 extends 1 & Vocabulary[K] ? K : never }[keyof Vocabulary];
    expectTypeOf<Lost>().toEqualTypeOf<never>();
    expectTypeOf<Anything>().toEqualTypeOf<never>();
  });

  it("keeps the original's values", () => {
    expectTypeOf<SyncAction>().toEqualTypeOf<"create" | "update" | "delete">();
    expectTypeOf<SyncMode>().toEqualTypeOf<"sync-from" | "sync-to" | "bidirectional">();
    expectTypeOf<"skip" | "overwrite" | "merge">().toExtend<ConflictPolicy>();
    expectTypeOf<"favorites" | "playlists" | "recently_played">().toExtend<SyncType>();
    expectTypeOf<"music" | "calendar">().toExtend<ServiceCategory>();
  });
});
