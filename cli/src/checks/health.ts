import { compareVersions, LEAST_VERSION, Role, serverName } from "redis-topology/redis";
import type { Check, Verdict } from "./check";
import { fail, pass, passIf, skip } from "./check";
import type { Facts } from "./facts";
import { infoField, setting } from "./facts";

/** Checks of how a server fares. */
export const HEALTH_CHECKS: readonly Check<Facts>[] = [
  {
    name: "loading",
    expected: () => "no",
    judge: (facts) =>
      seen(facts, "loading", (loading) =>
        loading === "0" ? pass("no") : fail("the data is still being loaded"),
      ),
  },
  {
    name: "version",
    expected: () => `at least ${LEAST_VERSION}`,
    judge: (facts) =>
      seen(facts, "redis_version", (version) =>
        passIf(compareVersions(version, LEAST_VERSION) >= 0, serverName(facts.info)),
      ),
  },
  {
    name: "evicted keys",
    expected: ({ role }) => (role === Role.Queue ? "0" : "any"),
    judge: (facts, { expectations: { role } }) =>
      seen(facts, "evicted_keys", (count) => passIf(role === Role.Cache || count === "0", count)),
  },
  status("AOF last write", "aof_last_write_status", true),
  status("AOF last rewrite", "aof_last_bgrewrite_status", true),
  status("RDB last save", "rdb_last_bgsave_status", false),
];

function status(name: string, field: string, ofAof: boolean): Check<Facts> {
  return {
    name,
    role: Role.Queue,
    expected: () => "ok",
    judge: (facts) => {
      const aof = setting(facts, "appendonly");
      // Redis says "ok" here of an AOF that it does not have.
      if (ofAof && "value" in aof && aof.value === "no") return skip("AOF is off");
      return seen(facts, field, (value) => passIf(value === "ok", value));
    },
  };
}

function seen(facts: Facts, field: string, judge: (value: string) => Verdict): Verdict {
  const found = infoField(facts, field);
  return "unseen" in found ? skip(found.unseen) : judge(found.value);
}
