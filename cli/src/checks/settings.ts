import { formatSize } from "../../../components/redis/size";
import type { Check, Context, Verdict } from "./check";
import { fail, pass, passIf, skip } from "./check";
import type { Facts, Setting } from "./facts";
import { setting } from "./facts";

/** Checks of what a server is set to. */
export const SETTING_CHECKS: readonly Check<Facts>[] = [
  {
    name: "policy",
    expected: ({ policies }) => policies.join(", "),
    judge: (facts, { expectations }) => {
      const policy = setting(facts, "maxmemory-policy");
      // Unlike every other setting, this one decides whether jobs vanish: not knowing it is a failure.
      if ("unseen" in policy) return fail(`unknown (${policy.unseen})`);
      return passIf(expectations.policies.includes(policy.value), policy.value);
    },
  },
  {
    name: "maxmemory",
    expected: () => "set",
    judge: (facts) =>
      seen(facts, "maxmemory", (bytes) =>
        Number(bytes) > 0 ? pass(formatSize(Number(bytes))) : fail("no limit"),
      ),
  },
  {
    name: "AOF",
    expected: ({ persistence }) => persistence,
    judge: (facts, context) =>
      seen(facts, "appendonly", (value) => persisted(value === "yes", value, context)),
  },
  {
    name: "RDB schedule",
    expected: ({ persistence }) => ({ yes: "a schedule", no: "none", any: "any" })[persistence],
    judge: (facts, context) =>
      seen(facts, "save", (value) => persisted(value !== "", value || "none", context)),
  },
];

function seen(facts: Facts, name: Setting, judge: (value: string) => Verdict): Verdict {
  const found = setting(facts, name);
  return "unseen" in found ? skip(found.unseen) : judge(found.value);
}

function persisted(on: boolean, found: string, { expectations }: Context): Verdict {
  const { persistence, because, role } = expectations;
  if (persistence === "any") return skip(`a ${role} here need not have it; ${because}`, found);
  return passIf(on === (persistence === "yes"), found);
}
