// Inside the machine: for each line of the input, one call of the package; a line with what it gave and said.
const { createInterface } = require("node:readline");
const { Redis } = require("ioredis");
const { loadBackend } = require("redis-topology/create");
const { provider } = require("redis-topology/process-provider");

const calls = {
  ...provider,
  unreachable: async (args) => (await loadBackend("process")).unreachable(args),
  fetch: async (url) => await (await fetch(url)).text(),
  redis: async (server, ...command) => {
    const redis = new Redis({ ...server, lazyConnect: true, retryStrategy: () => null });
    redis.on("error", () => {});
    try {
      await redis.connect();
      return await redis.call(...command);
    } finally {
      redis.disconnect();
    }
  },
};

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const [call, ...args] = JSON.parse(line);
    let said = "";
    console.error = (text) => {
      said += `${text}\n`;
    };
    const answer = await calls[call](...args).then(
      (value) => ({ value }),
      (error) => ({ error: error.message }),
    );
    process.stdout.write(`${JSON.stringify({ ...answer, said })}\n`);
  }
}

main();
