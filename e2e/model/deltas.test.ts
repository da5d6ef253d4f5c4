import { describeHistoriesOf } from "./soak/histories-of.ts";

describeHistoriesOf("deltas");
