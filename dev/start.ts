import { describeEndpoints } from "./endpoints";
import { pulumiCommand } from "./launcher";
import { run } from "./launcher/child";
import { Failure, say } from "./launcher/failure";
import { repository, stateFolder } from "./launcher/paths";
import { ensureRedis } from "./redis";
import { must, pulumi, runScript, STACK, stackExists, step } from "./steps";

const NEXT = `
Next:
  npx redis-topology ui -s ${STACK}     a page with both servers and every queue
  npx redis-topology env -s ${STACK}    the settings your application needs, as a dotenv
  npx pulumi preview -s ${STACK}        what a change in Pulumi.${STACK}.yaml would do
  npm run down                      stop both; the queue's data stays on disk`;

export function main(): void {
  process.chdir(repository);
  runScript(async () => {
    step("Tools");
    const { file, ownBackend } = await pulumiCommand();
    say(`  Pulumi CLI: ${file}`);
    const redis = ensureRedis();
    say(`  Redis:      ${redis.path} ${redis.version}`);
    say(`  State:      ${ownBackend ? `your own backend, because ${ownBackend}` : stateFolder}`);

    step(`Bringing the stack "${STACK}" up`);
    if (!(await stackExists()))
      await must(
        ["stack", "init", STACK, "--no-select"],
        "The message above says why; then run `npm start` again.",
      );
    await must(
      ["up", "--yes", "--skip-preview", "-s", STACK],
      "What was made so far is kept: solve what the message above says and run `npm start` again.",
    );

    step("Checking it as an application would");
    const { code } = await run(process.execPath, ["node_modules/.bin/redis-topology", "verify", "-s", STACK]);
    if (code !== 0)
      throw new Failure(`Some check failed. See the table above, and the logs in .redis-topology/${STACK}.`);

    step("Endpoints");
    const { stdout } = await pulumi(["stack", "output", "--json", "--show-secrets", "-s", STACK], {
      capture: true,
    });
    say(describeEndpoints(JSON.parse(stdout)));
    say(NEXT);
    return 0;
  });
}
