import { spawnSync } from "node:child_process";
import { chooseCli } from "../../dev/launcher/choose";
import { gatherFacts } from "../../dev/launcher/find";
import { redisServers, usableRedis } from "../../dev/redis";
import { engineVersion } from "./docker/version";

/** Debian's; PATH is not asked, since a snap or a wrapper would want a session of its own. */
export const CHROMIUM = "/usr/bin/chromium";

const programs = {
  docker: engineVersion,
  redis: () => usableRedis(redisServers())?.path,
  pulumi: () => {
    const choice = chooseCli(gatherFacts(process.env));
    return "use" in choice ? choice.use : undefined;
  },
  /** Any cluster that $KUBECONFIG leads to; `../shared/tools/kube/up.sh` starts one. */
  kubernetes: () =>
    process.env.KUBECONFIG !== undefined &&
    spawnSync("kubectl", ["get", "--raw", "/readyz"], { stdio: "ignore" }).status === 0
      ? process.env.KUBECONFIG
      : undefined,
  /** The cluster of test/live/kubernetes/cluster.sh, which a test may switch off. */
  "own cluster": () => process.env.REDIS_TOPOLOGY_KUBE_TOOLS,
  /** A second engine beside the machine's own, which only root starts. */
  dockerd: () => answers("dockerd", "--version"),
  redis_exporter: () =>
    answers("redis_exporter", "--version") ?? answers("prometheus-redis-exporter", "--version"),
  promtool: () => answers("promtool", "--version"),
  chromium: () => answers(CHROMIUM, "--version"),
  openssl: () => answers("openssl", "version"),
  /** Booted in namespaces of its own by test/live/systemd/boot.sh, for which it takes root. */
  systemd: () => answers("/lib/systemd/systemd", "--version"),
  root: () => (process.getuid?.() === 0 ? "root" : undefined),
};

function answers(program: string, argument: string): string | undefined {
  return spawnSync(program, [argument], { stdio: "ignore" }).status === 0 ? program : undefined;
}

export type Program = keyof typeof programs;

/**
 * For `describe.skipIf(missing("redis", "pulumi"))`: a live test is skipped where an engine is not at hand, and says so.
 * REDIS_TOPOLOGY_REQUIRE_LIVE=1 (as in CI) makes that an error, and `npm test` then counts any skipped test as failed.
 */
export function missing(...needed: Program[]): boolean {
  const absent = needed.filter((program) => programs[program]() === undefined);
  if (absent.length > 0 && process.env.REDIS_TOPOLOGY_REQUIRE_LIVE === "1")
    throw new Error(
      `REDIS_TOPOLOGY_REQUIRE_LIVE=1, but this machine has no usable ${absent.join(" and no usable ")}. Run \`npm test\`, which gets them.`,
    );
  if (absent.length > 0)
    console.warn(`Skipped: this machine has no usable ${absent.join(" and no usable ")}.`);
  return absent.length > 0;
}
