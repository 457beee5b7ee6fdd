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
  const powers = Object.values(Power);
  const chosen = given ?? smallestPower(needs) ?? Power.Xlarge;
  if (MEMORY[chosen] === undefined) {
    const fix = "Choose one of these, or remove the setting.";
    problems.push({ key: "power", was: shownNear(given, powers), allowed: powers.join(", "), fix });
  } else {
    problems.push(...tooSmall("power", chosen, needs, (power) => `Use ${power}, or remove the setting.`));
  }
  return chosen;
}

/** A node that does not hold the needs, with the arithmetic; `fix` is given the smallest that does. One of an unknown size passes. */
export function tooSmall(path: string, power: Power, needs: Needs, fix: (power: Power) => string): Problem[] {
  const total = sum(needs);
  if (MEMORY[power] === undefined || MEMORY[power] >= total) return [];
  const smallest = smallestPower(needs);
  return [
    {
      key: path,
      was: `${power}, ${formatSize(MEMORY[power])}`,
      allowed: `a node that holds ${arithmetic(needs, total)}`,
      fix: smallest ? fix(smallest) : say`Lower the data budgets or ${key("appMemory")}.`,
    },
  ];
}

function smallestPower(needs: Needs): Power | undefined {
  return Object.values(Power).find((power) => MEMORY[power] >= sum(needs));
}

function sum(needs: Needs): number {
  return Object.values(needs).reduce((total, bytes) => total + bytes, 0);
}

function arithmetic(needs: Needs, total: number): string {
  const mebi = (bytes: number) => `${Math.ceil(bytes / 1024 ** 2)}Mi`;
  const parts = Object.entries(needs).map(([name, bytes]) => `${mebi(bytes)} (${name})`);
  return `${parts.join(" + ")} = ${mebi(total)}`;
}
