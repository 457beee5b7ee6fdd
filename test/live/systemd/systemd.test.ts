import { describe, expect, test } from "vitest";
import { exporterName } from "../../../components/backends/process/exporterUnit";
import type { RedisServerInputs, RedisServerState } from "../../../components/backends/process/redisServer";
import { Supervision } from "../../../components/backends/process/supervision";
import { unitName } from "../../../components/backends/process/unit";
import { jobKeys } from "../../../components/redis/exporter";
import { memoryFloor } from "../../../components/redis/memory";
import type { Role } from "../../../components/redis/roles";
import { roleDirectives } from "../../../components/redis/roles";
import { missing } from "../require";
import { machineForTests, USER } from "./machine";

const MIB = 1024 * 1024;
const PATIENCE = { timeout: 30_000 };

describe.skipIf(missing("root", "systemd", "redis", "redis_exporter"))("under a real systemd", () => {
  const machine = machineForTests();

  describe.each([
    { supervise: Supervision.System, user: "root", home: "/srv", units: "/etc/systemd/system", flag: [] },
    {
      supervise: Supervision.User,
      user: USER,
      home: `/home/${USER}`,
      units: `/home/${USER}/.config/systemd/user`,
      flag: ["--user"],
    },
  ])("$supervise", ({ supervise, user, home, units, flag }) => {
    let made = 0;

    function inputs(role: Role, changes: Partial<RedisServerInputs> = {}): RedisServerInputs {
      made += 1;
      return {
        role,
        owner: "project/stack/redis",
        directory: `${home}/100 % of $HOME/${made}`,
        host: "127.0.0.1",
        port: 7000 + made,
        directives: roleDirectives(role, 64 * MIB, role === "queue" ? "noeviction" : "allkeys-lru"),
        persists: role === "queue",
        deleteData: false,
        supervise,
        memoryLimit: memoryFloor(role, 64 * MIB),
        ...changes,
      };
    }

    const create = async (given: RedisServerInputs) =>
      (await machine.call<{ outs: RedisServerState }>(user, "create", given)).value.outs;
    const queue = async (changes: Partial<RedisServerInputs> = {}) => {
      const state = await create(inputs("queue", changes));
      await redis(state, "SET", "job", "1");
      return state;
    };
    const update = async (olds: RedisServerState, changes: Partial<RedisServerInputs>) =>
      (await machine.call<{ outs: RedisServerState }>(user, "update", "", olds, changed(olds, changes))).value
        .outs;
    const preview = async (state: RedisServerState, own: Partial<RedisServerInputs> = {}) => {
      const answer = await machine.call<{ changes: boolean }>(user, "diff", "", state, changed(state, own));
      return { ...answer.value, said: answer.said };
    };
    const remove = (state: RedisServerState) => machine.call(user, "delete", "", state);
    const redis = async ({ port, password }: RedisServerState, ...command: string[]) =>
      (await machine.call<string>(user, "redis", { port, password }, ...command)).value;
    const job = (state: RedisServerState) =>
      redis(state, "GET", "job").catch((error: Error) => error.message);
    const pid = async (state: RedisServerState) =>
      /process_id:(\d+)/.exec(await redis(state, "INFO", "server"))?.[1] ?? "none";
    const withBus = (command: string[]) => [
      "sh",
      "-c",
      'XDG_RUNTIME_DIR=/run/user/$(id -u) exec "$@"',
      "sh",
      ...command,
    ];
    const systemctl = (...args: string[]) =>
      machine.run(user, withBus(["systemctl", ...flag, ...args])).trim();
    const shown = (state: RedisServerState, property: string) =>
      systemctl("show", "--value", "-p", property, unitName(state));
    const unitFile = (state: RedisServerState) => `${units}/${unitName(state)}`;
    const exists = (file: string) =>
      machine.run(user, ["sh", "-c", '[ -e "$0" ] && echo yes || echo no', file]).trim();
    const servers = (state: RedisServerState) =>
      machine
        .run(user, ["sh", "-c", "for p in /proc/[0-9]*/cwd; do readlink $p; done; true"])
        .split("\n")
        .filter((folder) => folder === `${state.directory}/data`);
    const unchanged = { changes: false, said: "" };

    test("comes back after a crash, a reboot and a power failure, with its data, and a preview sees no change", async () => {
      const state = await queue();
      expect(shown(state, "MainPID")).toBe(await pid(state));
      expect(shown(state, "Type")).toBe("notify");
      expect(shown(state, "UnitFileState")).toBe("enabled");
      expect(shown(state, "MemoryMax")).toBe(String(state.memoryLimit));
      expect(machine.run(user, ["cat", unitFile(state)])).not.toContain(state.password);
      expect(machine.run(user, ["cat", `/proc/${await pid(state)}/cmdline`])).not.toContain(state.password);
      expect(machine.run(user, withBus(["systemd-analyze", ...flag, "verify", unitFile(state)]))).toBe("");
      expect(await preview(state)).toEqual(unchanged);

      const before = await pid(state);
      machine.run(user, ["kill", "-KILL", before]);
      await expect.poll(() => job(state), PATIENCE).toBe("1");
      expect(await pid(state)).not.toBe(before);

      await machine.reboot();
      await expect.poll(() => job(state), PATIENCE).toBe("1");
      await machine.powerCycle();
      await expect.poll(() => job(state), PATIENCE).toBe("1");
      expect(await preview(state)).toEqual(unchanged);
      await remove(state);
    });

    // A systemd without root leaves this out where the kernel does not let a user do it.
    if (supervise === Supervision.System) {
      test("a unit of the host can write into its own folder only", async () => {
        const state = await queue();
        const server = await pid(state);
        const write = (folder: string) => ["nsenter", "-m", "-t", server, "touch", `${folder}/probe`];
        machine.run(user, write(`${state.directory}/data`));
        for (const folder of [home, "/etc", "/usr", "/var/lib"]) {
          expect(() => machine.run(user, write(folder))).toThrow("Read-only file system");
        }
        machine.run(user, ["rm", `${state.directory}/data/probe`]);
        await remove(state);
      });
    }

    test("a unit that was disabled or edited is named in the preview, and set right without a restart", async () => {
      const state = await queue();
      const before = await pid(state);
      systemctl("disable", unitName(state));
      machine.run(user, ["sed", "-i", "s/^Restart=.*/Restart=no/", unitFile(state)]);
      expect(await preview(state)).toEqual({
        changes: true,
        said:
          `queue: ${unitFile(state)} is not as this stack writes it; an update sets it right\n` +
          `queue: ${unitName(state)} is disabled: a reboot would not start it; an update sets it right\n`,
      });
      await update(state, {});
      expect(await preview(state)).toEqual(unchanged);
      expect(await pid(state)).toBe(before);
      expect(shown(state, "Restart")).toBe("always");
      await remove(state);
    });

    test("a server that somebody started by hand comes under the unit again", async () => {
      const state = await queue();
      systemctl("stop", unitName(state));
      machine.run(user, ["redis-server", `${state.directory}/redis.conf`, "--daemonize", "yes"]);
      expect(await preview(state)).toEqual({
        changes: true,
        said: `queue: the server (pid ${await pid(state)}) was not started by ${unitName(state)}, and nobody would start it again; an update sets it right\n`,
      });
      await update(state, {});
      expect(await preview(state)).toEqual(unchanged);
      expect(await redis(state, "GET", "job")).toBe("1");
      await remove(state);
    });

    test("supervision comes and goes in the same folder, with one server at any time", async () => {
      const plain = await create(inputs("queue", { supervise: undefined, memoryLimit: undefined }));
      await redis(plain, "SET", "job", "1");
      expect(exists(unitFile(plain))).toBe("no");
      const supervised = await update(plain, { supervise, memoryLimit: 256 * MIB });
      expect(shown(supervised, "MainPID")).toBe(await pid(supervised));
      expect(servers(plain)).toHaveLength(1);
      expect(await preview(supervised)).toEqual(unchanged);
      const again = await update(supervised, { supervise: undefined, memoryLimit: undefined });
      expect(exists(unitFile(plain))).toBe("no");
      expect(servers(plain)).toHaveLength(1);
      expect(await preview(again)).toEqual(unchanged);
      expect(await redis(again, "GET", "job")).toBe("1");
      expect(again.password).toBe(plain.password);
      await remove(again);
    });

    test("memory grows and shrinks in place, in Redis and in the unit", async () => {
      const state = await queue();
      const before = await pid(state);
      for (const mib of [128, 64]) {
        const now = await update(state, {
          directives: roleDirectives("queue", mib * MIB, "noeviction"),
          memoryLimit: memoryFloor("queue", mib * MIB),
        });
        expect(shown(now, "MemoryMax")).toBe(String(memoryFloor("queue", mib * MIB)));
        expect(await preview(now)).toEqual(unchanged);
      }
      expect(await pid(state)).toBe(before);
      await remove(state);
    });

    test("another folder and another port: the data comes along, the old unit goes", async () => {
      const state = await queue();
      const moved = await update(state, { directory: `${home}/moved`, port: state.port + 500 });
      expect(exists(unitFile(state))).toBe("no");
      expect(await redis(moved, "GET", "job")).toBe("1");
      expect(await preview(moved)).toEqual(unchanged);
      await remove(moved);
    });

    test("a configuration that Redis rejects is told in its words; the running server goes on, watched", async () => {
      const state = await queue();
      const wrong = [...state.directives, ["maxclients", "many"]] as RedisServerInputs["directives"];
      await expect(update(state, { directives: wrong, port: state.port + 500 })).rejects.toThrow(
        "argument couldn't be parsed into an integer",
      );
      expect(await preview(state)).toEqual(unchanged);
      await remove(state);
    });

    test("a server that does not start is put back as it was, and systemd does not try on", async () => {
      const state = await queue();
      // Read without a word, and fatal at the end of the start.
      const wrong = [...state.directives, ["loadmodule", "/nowhere.so"]] as RedisServerInputs["directives"];
      await expect(update(state, { directives: wrong })).rejects.toThrow(
        /ended right after its start|rejects/,
      );
      expect(await redis(state, "GET", "job")).toBe("1");
      expect(await preview(state)).toEqual(unchanged);
      await remove(state);
    });

    test("a queue that lost its AOF is not started empty by systemd, but by nobody", async () => {
      const state = await queue();
      systemctl("stop", unitName(state));
      machine.run(user, ["mv", `${state.directory}/data/appendonlydir`, `${state.directory}/aside`]);
      expect(() => systemctl("start", unitName(state))).toThrow();
      expect(servers(state)).toHaveLength(0);
      machine.run(user, ["mv", `${state.directory}/aside`, `${state.directory}/data/appendonlydir`]);
      systemctl("start", unitName(state));
      expect(await redis(state, "GET", "job")).toBe("1");
      await remove(state);
    });

    test("an exporter beside the server tells of it, of its jobs and of its end, and goes with it", async () => {
      const port = 9500 + (flag.length > 0 ? 1 : 0);
      const keys = jobKeys(["mail"]);
      const state = await queue({ exporter: { port, keys } });
      await redis(state, "LPUSH", "bull:mail:wait", "1", "2");
      const metrics = () => machine.call<string>(user, "fetch", `http://127.0.0.1:${port}/metrics`);
      const metric = async (name: string) =>
        (await metrics().catch(() => ({ value: "" }))).value
          .split("\n")
          .find((line) => line.startsWith(name));
      await expect.poll(() => metric("redis_up"), PATIENCE).toBe("redis_up 1");
      expect(await metric('redis_key_size{db="db0",key="bull:mail:wait"}')).toMatch(/ 2$/);
      expect(await preview(state)).toEqual(unchanged);

      // A new password reaches it, and the server does not restart for it.
      const before = await pid(state);
      const own = { password: "another-password-of-24-letters" };
      const renewed = await update(state, own);
      await expect.poll(() => metric("redis_up"), PATIENCE).toBe("redis_up 1");
      expect(await pid(renewed)).toBe(before);

      const name = exporterName(state);
      systemctl("stop", name);
      expect(await preview(renewed, own)).toEqual({
        changes: true,
        said: `queue: ${name}, its exporter, was changed or does not run; an update sets it right\n`,
      });
      const again = await update(renewed, own);
      systemctl("stop", unitName(state));
      await expect.poll(() => metric("redis_up"), PATIENCE).toBe("redis_up 0");
      systemctl("start", unitName(state));

      const plain = await update(again, { ...own, exporter: undefined });
      expect(exists(`${units}/${name}`)).toBe("no");
      expect(exists(`${state.directory}/exporter.json`)).toBe("no");
      expect(await preview(plain, own)).toEqual(unchanged);
      await remove(await update(plain, { ...own, exporter: { port, keys } }));
      expect(exists(`${units}/${name}`)).toBe("no");
    });

    test("destroy ends the server and its unit, and keeps the data for the next up", async () => {
      const state = await queue();
      await remove(state);
      expect(exists(unitFile(state))).toBe("no");
      expect(servers(state)).toHaveLength(0);
      expect(systemctl("list-units", "--all", "--plain", "--no-legend", unitName(state))).toBe("");
      const again = await create(changed(state, {}));
      expect(await redis(again, "GET", "job")).toBe("1");
      await remove(again);
    });

    test("the host is fit for it", async () => {
      expect((await machine.call(user, "unreachable", { supervise })).value).toEqual([]);
    });
  });

  test("a user may not make units of the host", async () => {
    expect((await machine.call(USER, "unreachable", { supervise: Supervision.System })).value).toMatchObject([
      { key: "supervise", was: `"systemd", and the user ${USER} may not make units of the host` },
    ]);
  });
});

/** The changes to a server's inputs, as the program would send them: without what the provider made. */
function changed(state: RedisServerState, changes: Partial<RedisServerInputs>): RedisServerInputs {
  const { server: _, password: __, ownPassword: ___, instance: ____, settings: _____, ...rest } = state;
  return { ...rest, ...changes };
}
