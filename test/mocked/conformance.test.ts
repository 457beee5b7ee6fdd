import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import type { BackendName } from "../../components/backends/registry";
import { loadBackend } from "../../components/backends/registry";
import { cacheOptions, queueOptions, workerOptions } from "../../components/client";
import type { Endpoint, TopologyArgs } from "../../components/contract";
import { createTopology } from "../../components/create";
import type { Outcome, RoleGuarantees } from "../../components/redis/guarantees";
import { EVENTS } from "../../components/redis/guarantees";
import type { RoleWays } from "../../components/redis/ways";
import type { RecordOptions } from "./harness";
import { record, resolved } from "./harness";
import type { Subject } from "./subjects";
import { completed, subjects } from "./subjects";

const PASSWORD = "planted p@ss/word#1";

/** One contract, every backend: what differs is in the subjects, and in each backend's own test. */
describe.each(Object.entries(subjects) as [BackendName, Subject][])(
  "%s keeps the contract",
  (backend, subject) => {
    const roles = { cache: subject.roles?.cache ?? {}, queue: subject.roles?.queue ?? {} };
    const create = (args: TopologyArgs, options: RecordOptions = {}) =>
      record(() => createTopology(backend, "t", completed(subject, args)), {
        state: subject.state,
        call: subject.call,
        ...options,
      });

    const problemsOf = async (args: TopologyArgs) =>
      (await loadBackend(backend)).problems(completed(subject, args));

    test("is in the registry with a summary, and accepts the subject's args", async () => {
      const { summary, problems } = await loadBackend(backend);
      expect(summary).toMatch(/^\S.+[^.]$/);
      expect(await problems(completed(subject, roles))).toEqual([]);
    });

    test("children carry the topology's name and belong to the component", async () => {
      const { resources } = await create(roles);
      const [component] = resources.filter(({ custom }) => !custom);
      expect(component?.type).toMatch(/^redis-topology:index:[A-Z][A-Za-z]*Topology$/);
      expect(component?.name).toBe("t");
      const children = resources.filter((resource) => resource !== component);
      expect(children.filter(({ name }) => !name.startsWith("t-"))).toEqual([]);
      expect(children.filter(({ options }) => options.parent !== "t")).toEqual([]);
    });

    test.each([
      [["cache"], ["REDIS"]],
      [["queue"], ["REDIS_QUEUE"]],
      [
        ["cache", "queue"],
        ["REDIS", "REDIS_QUEUE"],
      ],
    ])("with %j: the same outputs", async (present, prefixes) => {
      const args = Object.fromEntries(Object.entries(roles).filter(([role]) => present.includes(role)));
      const { result } = await create(args);
      expect(result.backend).toBe(backend);
      expect(result.cache !== undefined).toBe(present.includes("cache"));
      expect(result.queue !== undefined).toBe(present.includes("queue"));
      expect(result.bullmq !== undefined).toBe(present.includes("queue"));
      expect(Object.keys(result.guarantees)).toEqual(present);
      const env = await resolved(result.env);
      const expected = prefixes.flatMap((prefix) =>
        ["HOST", "PASSWORD", "PORT", "TLS", "URL"].map((name) => `${prefix}_${name}`),
      );
      expect(
        Object.keys(env)
          .filter((name) => !/_(?:PREFIX|CA_CERT)$/.test(name))
          .sort(),
      ).toEqual([...expected, ...(present.includes("queue") ? ["REDIS_QUEUE_BULLMQ"] : [])].sort());
      expect(Object.values(env).filter((value) => value === "")).toEqual([]);
    });

    test("a role's variables are called as the stack says, wherever they are written", async () => {
      const cache = { ...roles.cache, envPrefix: "APP_CACHE" };
      const { resources, result } = await create({ cache, queue: { ...roles.queue, envPrefix: "REDIS" } });
      const { env, network } = result;
      const names = Object.keys(await resolved(env));
      expect(names).toEqual(expect.arrayContaining(["APP_CACHE_URL", "REDIS_URL", "REDIS_BULLMQ"]));
      if (network) expect(Object.keys(await resolved(network.env))).toEqual(names);
      expect(JSON.stringify([names, resources])).not.toContain("REDIS_QUEUE_");
      const said = await resolved(pulumi.output([result.cache, result.queue]));
      expect(said.map((endpoint) => endpoint?.envPrefix)).toEqual(["APP_CACHE", "REDIS"]);
      expect(queueOptions(await resolved(env), { envPrefix: "REDIS" }).connection.port).toBe(said[1]?.port);
    });

    test("roles that would write the same names are refused before any resource", async () => {
      const problems = await problemsOf({ ...roles, queue: { ...roles.queue, envPrefix: "REDIS" } });
      expect(problems.map(({ key }) => key)).toEqual([["cache.envPrefix", "queue.envPrefix"]]);
    });

    test("an endpoint is whole, and only its secrets are secret", async () => {
      const { result } = await create(roles);
      for (const endpoint of [result.cache, result.queue] as Endpoint[]) {
        const { host, port, username, password, tls, url } = endpoint;
        const scheme = (await resolved(tls)) ? "rediss" : "redis";
        const parsed = new URL(await resolved(url));
        expect(parsed.protocol).toBe(`${scheme}:`);
        expect(parsed.hostname).toBe(await resolved(host));
        expect(Number(parsed.port)).toBe(await resolved(port));
        expect(decodeURIComponent(parsed.username)).toBe(await resolved(username));
        expect(decodeURIComponent(parsed.password)).toBe(await resolved(password));
        expect(await Promise.all([password, url].map(pulumi.isSecret))).toEqual([true, true]);
        expect(
          await Promise.all([pulumi.isSecret(host), pulumi.isSecret(port), pulumi.isSecret(tls)]),
        ).toEqual([false, false, false]);
      }
      expect(await pulumi.isSecret(result.env)).toBe(true);
    });

    test("producers fail fast, workers wait for ever", async () => {
      const { result } = await create(roles);
      expect(result.bullmq?.producer).toMatchObject({
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        commandTimeout: 5000,
      });
      expect(result.bullmq?.worker).toMatchObject({ enableOfflineQueue: true, maxRetriesPerRequest: null });
      expect(result.bullmq?.defaultJobOptions).toEqual({
        attempts: 3,
        backoff: { type: "exponential", delay: 2000 },
        removeOnComplete: { age: 86400, count: 1000 },
        removeOnFail: { age: 604800, count: 5000 },
      });
    });

    test("an application gets from `env` what the output `bullmq` says", async () => {
      const queue = {
        ...roles.queue,
        bullmq: {
          attempts: 7,
          lockDuration: 60_000,
          producerCommandTimeout: 900,
          producerMaxRetries: 3,
          producerOfflineQueue: true,
          readyCheck: false,
          keepCompletedCount: 0,
          keepFailedForever: true,
        },
      };
      const { result } = await create({ ...roles, queue });
      const env = await resolved(result.env);
      const said = await resolved(pulumi.output(result.bullmq));
      const { skipVersionCheck, ...forQueue } = queueOptions(env);
      const prefix = said?.prefix === undefined ? {} : { prefix: said.prefix };
      expect(forQueue).toEqual({
        connection: defined(said?.producer),
        defaultJobOptions: said?.defaultJobOptions,
        ...prefix,
      });
      expect(workerOptions(env)).toEqual({
        connection: defined(said?.worker),
        ...said?.workerOptions,
        ...prefix,
      });
      expect(forQueue).toMatchObject({
        defaultJobOptions: {
          attempts: 7,
          removeOnComplete: { age: 86400, count: 0 },
          removeOnFail: { count: -1 },
        },
        connection: {
          commandTimeout: 900,
          maxRetriesPerRequest: 3,
          enableOfflineQueue: true,
          enableReadyCheck: false,
        },
      });
      const cache = await resolved(pulumi.output(result.cache));
      const { host, port, username, password } = cacheOptions(env);
      expect(cache).toMatchObject({ host, port, username, password });
    });

    test("a given password appears nowhere in plain", async () => {
      const password = subject.password ?? PASSWORD;
      const args = subject.withPassword?.(password) ?? withPasswords(roles, password);
      const { resources, result } = await create(args);
      expect(Object.values(await resolved(result.env))).toContain(password);
      expect(JSON.stringify(withoutSecrets(resources))).not.toContain(password);
      expect(JSON.stringify(await resolved(result.ways))).not.toContain(password);
    });

    test("what holds queue data is protected, unless the stack says otherwise", async () => {
      const held = (resources: { type: string; name: string; options: { protect?: boolean } }[]) =>
        resources
          .filter(({ options }) => options.protect)
          .map(({ type, name }) => `${type} ${name}`)
          .sort();
      expect(held([...(await create(roles)).resources])).toEqual([...subject.protectedResources].sort());
      expect(held([...(await create({ ...roles, protect: false })).resources])).toEqual([]);
    });

    test("the same program registers the same resources", async () => {
      expect((await create(roles)).resources).toEqual((await create(roles)).resources);
    });

    test("a preview in which nothing is known yet registers the same resources", async () => {
      const preview = await create(roles, { preview: true, state: () => ({}) });
      expect(preview.list()).toEqual((await create(roles)).list());
    });

    test("guarantees name every event, with a reason", async () => {
      const { result } = await create(roles);
      for (const guarantee of [result.guarantees.cache, result.guarantees.queue] as RoleGuarantees[]) {
        expect(Object.keys(guarantee)).toEqual(EVENTS);
        for (const event of EVENTS) expect(guarantee[event].detail).toMatch(/^[A-Z`].+\.$/);
      }
    });

    test("ways are commands of the roles that are there, and a missing one is accounted for", async () => {
      const { result } = await create(roles);
      const { result: alone } = await create({ cache: roles.cache });
      const [both, one] = [await resolved(result.ways), await resolved(alone.ways)];
      expect([Object.keys(both ?? {}), Object.keys(one ?? {})]).toEqual([["cache", "queue"], ["cache"]]);
      for (const { tunnel, logs, restart, instead } of Object.values<RoleWays>({ ...both })) {
        const commands = [tunnel, logs, restart].filter((command) => command !== undefined);
        if (commands.length < 2 || tunnel === undefined) expect(instead).toMatch(/^[A-Z].+\.$/);
        if (tunnel) expect(tunnel.join(" ")).toContain("{port}");
        if (logs) expect(logs).toContain("{args}");
        for (const part of commands.flat()) expect(part).toMatch(/^.+$/s);
      }
    });

    test("what shows a guarantee is a test that is there, or a source", async () => {
      const { result } = await create(roles);
      const outcomes = Object.values<RoleGuarantees>({ ...result.guarantees }).flatMap((one) =>
        Object.values(one),
      );
      const proofs = outcomes.flatMap(({ proof }: Outcome) => proof ?? []);
      expect(proofs.length).toBeGreaterThan(0);
      for (const proof of proofs) {
        const [, file, title] = /^(test\/\S+): (.+)$/.exec(proof) ?? [];
        if (file === undefined) expect(proof).toMatch(/^[\w. ]+, ".+"/);
        else expect(readFileSync(resolve(__dirname, "../..", file), "utf8")).toContain(`"${title}"`);
      }
    });

    test("a topology without a role, or with an evicting queue, is refused before any resource", async () => {
      const refused = async (args: TopologyArgs) => {
        const seen = await record(async () => {
          try {
            await createTopology(backend, "t", completed(subject, args));
            return "created";
          } catch (error) {
            return (error as Error).message;
          }
        });
        expect(seen.resources.filter(({ custom }) => custom)).toEqual([]);
        return seen.result;
      };
      expect(await refused({})).toContain(
        "  - cache, queue: both missing. Allowed: at least one of the two roles. Add `cache: {}` or `queue: {}`; every setting in it has a default.",
      );
      const evicting = { ...roles.queue, evictionPolicy: "allkeys-lru" };
      expect(await refused({ queue: evicting })).toContain("  - queue.evictionPolicy: ");
    });
  },
);

function withPasswords({ cache, queue }: TopologyArgs, password: string): TopologyArgs {
  return { cache: { ...cache, password }, queue: { ...queue, password } };
}

/** As JSON has it: without what is undefined. */
function defined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if ("secret" in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}
