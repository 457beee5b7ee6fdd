import { shownNear } from "../../redis/near";
import type { Problem } from "../../redis/problems";
import { key, say } from "../../redis/sentence";
import { formatSize } from "../../redis/size";
import { Power } from "./args";

const GIB = 1024 ** 3;

/** Memory of one node, in bytes, smallest first (Lightsail pricing, containers; the API's GetContainerServicePowers). */
const MEMORY: Readonly<Record<Power, number>> = {
  nano: GIB / 2,
  micro: GIB,
  small: 2 * GIB,
  medium: 4 * GIB,
  large: 8 * GIB,
  xlarge: 16 * GIB,
};

/** What needs memory, by name, in bytes. */
export type Needs = Readonly<Record<string, number>>;

/** The given power, or the smallest that holds the needs; one that does not is refused with the arithmetic. */
export function choosePower(given: Power | undefined, needs: Needs, problems: Problem[]): Power {
  const total = Object.values(needs).reduce((sum, bytes) => sum + bytes, 0);
  const powers = Object.values(Power);
  const smallest = powers.find((power) => MEMORY[power] >= total);
  const chosen = given ?? smallest ?? Power.Xlarge;
  if (MEMORY[chosen] === undefined) {
    const fix = "Choose one of these, or remove the setting.";
    problems.push({ key: "power", was: shownNear(given, powers), allowed: powers.join(", "), fix });
  } else if (MEMORY[chosen] < total) {
    problems.push({
      key: "power",
      was: `${chosen}, ${formatSize(MEMORY[chosen])}`,
      allowed: `a node that holds ${arithmetic(needs, total)}`,
      fix: smallest
        ? `Use ${smallest}, or remove the setting.`
        : say`Lower the data budgets or ${key("appMemory")}.`,
    });
  }
  return chosen;
}

function arithmetic(needs: Needs, total: number): string {
  const mebi = (bytes: number) => `${Math.ceil(bytes / 1024 ** 2)}Mi`;
  const parts = Object.entries(needs).map(([name, bytes]) => `${mebi(bytes)} (${name})`);
  return `${parts.join(" + ")} = ${mebi(total)}`;
}
