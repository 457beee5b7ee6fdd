import { Command } from "commander";
import { expect, test } from "vitest";
import { addQueue, queueNameLast } from "../../cli/src/commands/queue";

const program = new Command();
addQueue(program);

test.each([
  ["queue mail stats", "queue stats mail"],
  ["queue mail", "queue stats mail"],
  ["queue mail --json", "queue stats mail --json"],
  ["queue mail jobs --state failed", "queue jobs mail --state failed"],
  ["queue mail job 17 -s prod", "queue job mail 17 -s prod"],
  ["queue stats jobs", "queue jobs stats"],
  ["queue stats mail", "queue stats mail"],
  ["queue mail failurs", "queue failurs mail"],
  ["queue --help", "queue --help"],
  ["queue help jobs", "queue help jobs"],
  ["queues --json", "queues --json"],
  ["verify", "verify"],
])("`%s` is read as `%s`", (written, read) => {
  const argv = ["node", "redis-topology", ...written.split(" ")];
  expect(queueNameLast(argv, program).slice(2).join(" ")).toBe(read);
});
