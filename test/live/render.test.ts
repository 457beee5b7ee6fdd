import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import * as path from "node:path";
import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OWNED, REFUSED } from "../../components/planning/directiveRules";
import { mergeDirectives, readDirectives } from "../../components/planning/directives";
import { aclFile, PROBE_USERNAME } from "../../components/redis/acl";
import { splitArguments } from "../../components/redis/arguments";
import { renderConfig } from "../../components/redis/config";
import { connectionUrl } from "../../components/redis/connection";
import { shellWord } from "../../components/redis/quote";
import type { Role } from "../../components/redis/roles";
import { ROLES, roleDirectives } from "../../components/redis/roles";
import { missing } from "./require";
import { freePort, temporaryFolder } from "./servers";
import type { TextServer } from "./textServer";
import { clientOf, settingsOf, startOn } from "./textServer";

/** What has broken out of a file, a shell or a URL somewhere before. */
const FRAGMENTS = [
  ..."\n\r\t\v\f\0 \"'\\#%$`;&|<>(){}[]*?~!@:/,=+-.aZ0",
  "\r\nrequirepass x\r\n",
  "\\x41",
  "\\n",
  '" "',
  "\x1b[2J",
  "\x7f",
  "\u00a0",
  "\u2028",
  "é",
  "ß",
  "漢",
  "😀",
  "${HOME}",
  "$(id)",
];
const awkward = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 12 }).map((parts) => parts.join(""));
const anyText = fc.oneof(awkward, fc.string({ unit: "binary" }), fc.string());
const noNul = anyText.map((text) => text.replaceAll("\0", ""));
const password = anyText.filter((text) => text !== "");

const NO_PORT = "port 0\n";

describe.skipIf(missing("redis"))("what is rendered, read by a real server", () => {
  const folder = temporaryFolder();
  const servers = new Set<TextServer>();
  const start = async (config: string) => {
    const server = await startOn(folder, config);
    servers.add(server);
    return server;
  };
  const stop = async (server: TextServer) => {
    servers.delete(server);
    await server.stop();
  };
  afterAll(async () => {
    for (const server of servers) await server.stop();
  });
  /** What CONFIG GET tells of a server with this configuration. */
  const readBack = async (config: string) => {
    const server = await start(config);
    const settings = await settingsOf(server.socket);
    await stop(server);
    const { unixsocket: _, dir: __, ...rest } = settings;
    return rest;
  };

  describe("redis.conf", () => {
    /** Free texts that CONFIG GET gives back; all but the first are C strings, which end at a NUL byte. */
    const TEXTS = ["masterauth", "masteruser", "replica-announce-ip", "cluster-announce-ip", "syslog-ident"];
    const ALIASES = ["primaryauth", "primaryuser", "slave-announce-ip"];
    const without = (settings: Record<string, string>) =>
      Object.fromEntries(Object.entries(settings).filter(([name]) => ![...TEXTS, ...ALIASES].includes(name)));

    test("any text is read back exactly, and changes nothing else", async () => {
      const untouched = without(await readBack(NO_PORT));
      const texts = fc.tuple(anyText, noNul, noNul, noNul, noNul);
      await fc.assert(
        fc.asyncProperty(texts, async (values) => {
          const config = renderConfig(TEXTS.map((name, index) => [name, values[index] ?? ""]));
          const settings = await readBack(`${config}${NO_PORT}`);
          expect(TEXTS.map((name) => settings[name])).toEqual(values);
          expect(without(settings)).toEqual(untouched);
        }),
        { numRuns: 40 },
      );
    });

    test("a text given through `config` arrives as redis.conf would have it", async () => {
      const written = String.raw`mid"dle \x41\n" `;
      const { directives, problems } = readDirectives("cache", { "syslog-ident": written });
      expect(problems).toEqual([]);
      const rendered = await readBack(renderConfig(directives) + NO_PORT);
      const direct = await readBack(`syslog-ident ${written}\n${NO_PORT}`);
      expect(rendered["syslog-ident"]).toBe("middle A\n");
      expect(rendered).toEqual(direct);
    });

    test.each<[Role, Record<string, string>, Record<string, string>]>([
      ["cache", {}, { "maxmemory-policy": "allkeys-lru", appendonly: "no", save: "" }],
      ["cache", { save: "''", APPENDONLY: "No" }, { appendonly: "no", save: "" }],
      [
        "queue",
        {},
        {
          "maxmemory-policy": "noeviction",
          appendonly: "yes",
          appendfsync: "everysec",
          save: "900 1 300 10 60 10000",
        },
      ],
      [
        "queue",
        { save: '"900 1 60 100"', appendfsync: "ALWAYS" },
        { appendfsync: "always", save: "900 1 60 100" },
      ],
      [
        "queue",
        { "client-output-buffer-limit": "normal 1mb 0 0 pubsub 2mb 0 0" },
        { "client-output-buffer-limit": "normal 1048576 0 0 slave 268435456 67108864 60 pubsub 2097152 0 0" },
      ],
    ])("a %s with %j is the server it says", async (role, config, expected) => {
      const { directives, problems } = readDirectives(role, config);
      expect(problems).toEqual([]);
      const own = roleDirectives(role, 64 * 1024 * 1024, role === "cache" ? "allkeys-lru" : "noeviction");
      const settings = await readBack(renderConfig(mergeDirectives(own, directives)) + NO_PORT);
      expect(settings).toMatchObject({ maxmemory: "67108864", ...expected });
    });

    test("the reason for comparing as Redis does: a lone argument is split again, in any case", async () => {
      expect((await readBack(`save "60 1 30 2"\n${NO_PORT}`)).save).toBe("60 1 30 2");
      expect((await readBack(`APPENDFSYNC "No"\n${NO_PORT}`)).appendfsync).toBe("no");
    });

    test("every refused or owned name is one that a server knows", async () => {
      const known = Object.keys(await readBack(NO_PORT));
      const onlyInFiles = [
        "unixsocket",
        "dir",
        "user",
        "include",
        "loadmodule",
        "rename-command",
        "sentinel",
      ];
      const otherVersions = [
        "gopher-enabled",
        "unixsocketgroup",
        "req-res-logfile",
        "lua-enable-deprecated-api",
        "lua-enable-insecure-api",
        "primaryauth",
        "primaryuser",
        "import-mode",
      ];
      const named = [...REFUSED.keys(), ...ROLES.flatMap((role) => [...OWNED[role].keys()])];
      expect(named.filter((name) => ![...known, ...onlyInFiles, ...otherVersions].includes(name))).toEqual(
        [],
      );
    });
  });

  describe("arguments", () => {
    let server: TextServer;
    beforeAll(async () => {
      server = await start(NO_PORT);
    });

    /** The server's answer to one inline command, which it splits with the function that reads redis.conf. */
    const inline = (line: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(server.socket, () => socket.write(`${line}\n`));
        socket.once("data", (data) => {
          resolve(data.toString());
          socket.destroy();
        });
        socket.once("error", reject);
      });

    test("splitArguments splits as the server does", async () => {
      const client = clientOf(server.socket);
      const quoted = fc.array(fc.constantFrom(..."\"'\\ xab4\t\v\f", "\\x41", "\\xc3\\xa9", "\u00a0", "é"), {
        maxLength: 14,
      });
      const line = fc
        .oneof(
          { weight: 3, arbitrary: quoted.map((parts) => parts.join("")) },
          { weight: 1, arbitrary: anyText.map((text) => text.replace(/[\n\0]/g, "")) },
        )
        // The protocol takes a line's last carriage return for a part of the line's end.
        .filter((text) => !text.endsWith("\r"));
      const key = "arguments";
      await fc.assert(
        fc.asyncProperty(line, async (value) => {
          await client.del(key);
          const answer = await inline(`RPUSH ${key} . ${value}`);
          const expected = splitArguments(value);
          if (expected === undefined) {
            expect(answer).toBe("-ERR Protocol error: unbalanced quotes in request\r\n");
          } else {
            expect(answer).toBe(`:${expected.length + 1}\r\n`);
            expect(await client.lrange(key, 1, -1)).toEqual(expected);
          }
        }),
        { numRuns: 3000 },
      );
      client.disconnect();
    });
  });

  describe("the ACL file", () => {
    test("any text as a password lets exactly that password in", async () => {
      const file = path.join(folder, "users.acl");
      writeFileSync(file, aclFile(["first"]));
      const server = await start(`${renderConfig([["aclfile", file]])}${NO_PORT}`);
      const admin = clientOf(server.socket);
      await admin.call("AUTH", "default", "first");
      const answers = async (attempt: string) => {
        const client = clientOf(server.socket);
        const told = (error: Error) => error.message.split(" ")[0];
        const before = await client.ping().catch(told);
        const login = await client.call("AUTH", "default", attempt).catch(told);
        const after = await client.ping().catch(told);
        client.disconnect();
        return [before, login, after];
      };
      await fc.assert(
        fc.asyncProperty(password, password, anyText, async (current, previous, other) => {
          writeFileSync(file, aclFile([current, previous]));
          expect(await admin.call("ACL", "LOAD")).toBe("OK");
          for (const valid of [current, previous]) {
            expect(await answers(valid)).toEqual(["NOAUTH", "OK", "PONG"]);
          }
          const hash = aclFile([current]).match(/#([0-9a-f]{64})/)?.[1] ?? "";
          for (const wrong of ["", other, current.trim(), `${current} `, `${current}\n`, hash, `#${hash}`]) {
            if (wrong === current || wrong === previous) continue;
            expect(await answers(wrong)).toEqual(["NOAUTH", "WRONGPASS", "NOAUTH"]);
          }
          expect(await admin.call("ACL", "LIST")).toHaveLength(1);
        }),
        { numRuns: 150 },
      );
      admin.disconnect();
    });
  });

  test("the probe may PING, and nothing else", async () => {
    const file = path.join(folder, "probe.acl");
    writeFileSync(file, aclFile(["first"], "probing"));
    const client = clientOf((await start(`${renderConfig([["aclfile", file]])}${NO_PORT}`)).socket);
    await client.call("AUTH", "default", "first");
    await client.set("job", "1");
    await client.call("AUTH", PROBE_USERNAME, "probing");
    expect(await client.ping()).toBe("PONG");
    const attempts = [
      "GET job",
      "SET job 2",
      "INFO",
      "CONFIG GET *",
      "ACL LIST",
      "KEYS *",
      "SHUTDOWN",
      "PUBLISH a b",
    ];
    for (const [command = "", ...args] of attempts.map((attempt) => attempt.split(" "))) {
      await expect(client.call(command, ...args)).rejects.toThrow(/^NOPERM /);
    }
    client.disconnect();
  });

  describe("a URL", () => {
    test("ioredis logs in with it, whatever the password holds", async () => {
      const port = await freePort();
      const server = await start(`bind 127.0.0.1\nport ${port}\nrequirepass first\n`);
      const admin = clientOf(server.socket);
      await admin.call("AUTH", "first");
      await fc.assert(
        fc.asyncProperty(password, async (text) => {
          await admin.call("ACL", "SETUSER", "default", "resetpass", `>${text}`);
          const url = connectionUrl({
            host: "127.0.0.1",
            port,
            username: "default",
            password: text,
            tls: false,
          });
          const client = new Redis(url, {
            lazyConnect: true,
            retryStrategy: () => null,
            maxRetriesPerRequest: 0,
          });
          client.on("error", () => {});
          try {
            expect(await client.call("ACL", "WHOAMI")).toBe("default");
          } finally {
            client.disconnect();
          }
        }),
        { numRuns: 300 },
      );
      admin.disconnect();
    });
  });
});

test("shellWord: sh hands every word on as it was", () => {
  fc.assert(
    fc.property(fc.array(noNul, { minLength: 1, maxLength: 20 }), (words) => {
      const command = `printf '%s\\0' ${words.map(shellWord).join(" ")}`;
      const output = execFileSync("sh", ["-c", command], { encoding: "utf8" });
      expect(output.split("\0").slice(0, -1)).toEqual(words);
    }),
    { numRuns: 60 },
  );
});
