import { exporterArguments } from "../../redis/exporter";
import type { RedisServerInputs } from "./redisServer";
import { serverPaths } from "./server/files";
import { Supervision } from "./supervision";
import { commandWord, sections, specifiers, unitName, word } from "./unit";

/** The unit of the exporter beside a server. */
export function exporterName(place: Parameters<typeof unitName>[0]): string {
  return unitName(place).replace(/\.service$/, "-exporter.service");
}

/** The server's address as its exporter has it; also the key of its password file. */
export function exporterAddress({ host, port }: Pick<RedisServerInputs, "host" | "port">): string {
  return `redis://${host}:${port}`;
}

/** The exporter's unit. It goes on when its server ends: that is what it has to tell. Pure. */
export function exporterText(inputs: RedisServerInputs, program: string): string {
  const { role, owner, host, directory, supervise, exporter } = inputs;
  const { exporter: passwordFile } = serverPaths(directory);
  const command = exporterArguments({
    server: exporterAddress(inputs),
    passwordFile,
    listen: `${host}:${exporter?.port}`,
    keys: exporter?.keys ?? "",
  });
  return sections({
    Unit: [
      ["Description", specifiers(`Metrics of Redis, the ${role} of ${owner}`)],
      ["RequiresMountsFor", word(directory)],
      ["StartLimitIntervalSec", "0"],
    ],
    Service: [
      ["Type", "exec"],
      ["ExecStart", [program, ...command].map(commandWord).join(" ")],
      ["Restart", "always"],
      ["RestartSec", "10"],
      ["MemoryMax", String(64 * 1024 * 1024)],
      ["NoNewPrivileges", "yes"],
      ["ProtectSystem", "strict"],
      ["PrivateTmp", "yes"],
      ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"],
    ],
    Install: [["WantedBy", supervise === Supervision.System ? "multi-user.target" : "default.target"]],
  });
}
