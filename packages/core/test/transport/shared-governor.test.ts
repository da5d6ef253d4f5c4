import { memoryStorage } from "../../src/ports/index.ts";
import { sharedGovernor } from "../../src/transport/shared-governor.ts";
import { describeGovernor } from "./support/describe-governor.ts";
import { fixedRandom } from "./support/transport-lab.ts";

describeGovernor("the shared governor", {
  make: (clock) => sharedGovernor({ storage: memoryStorage(), clock, random: fixedRandom() }),
  stretch: 1.05,
});
