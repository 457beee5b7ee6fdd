import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { refuseForeignCli } from "../../../../dev/launcher/find";
import { exposed } from "../../../../dev/launcher/private";

const me = { uid: 1000, gid: 1000 };

test.each([
  ["mine", { uid: 1000, gid: 1000, mode: 0o40755 }, undefined],
  ["mine and my own group's", { uid: 1000, gid: 1000, mode: 0o40775 }, undefined],
  ["root's", { uid: 0, gid: 0, mode: 0o40755 }, undefined],
  [
    "somebody's",
    { uid: 33, gid: 1000, mode: 0o40755 },
    "/x belongs to another user (uid 33; this is uid 1000)",
  ],
  ["everybody's", { uid: 1000, gid: 1000, mode: 0o41777 }, "/x can be written by other users (mode 1777)"],
  ["a group's", { uid: 1000, gid: 100, mode: 0o40770 }, "/x can be written by other users (mode 0770)"],
])("a folder that is %s", (_, found, reason) => {
  expect(exposed("/x", found, me)).toBe(reason);
});

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "private-"));
  mkdirSync(join(home, "versions"), { mode: 0o700 });
});
afterEach(() => rmSync(home, { recursive: true }));

const advice =
  "Set PULUMI_HOME to a folder of your own, or take the others' rights away: chown and `chmod go-w`.";

test("a versions folder that everybody may write to is refused; one that is not there is not", () => {
  const env = { PULUMI_HOME: home };
  expect(() => refuseForeignCli(env)).not.toThrow();
  expect(() => refuseForeignCli({ PULUMI_HOME: join(home, "none") })).not.toThrow();
  chmodSync(join(home, "versions"), 0o777);
  expect(() => refuseForeignCli(env)).toThrow(
    `${home}/versions can be written by other users (mode 0777), so nothing is run from there or kept in it. ${advice}`,
  );
});

// Only root can give a folder away.
test.skipIf(process.getuid?.() !== 0)("a versions folder of another user is refused", () => {
  chownSync(join(home, "versions"), 65534, 65534);
  expect(() => refuseForeignCli({ PULUMI_HOME: home })).toThrow(
    `${home}/versions belongs to another user (uid 65534; this is uid 0), so nothing is run from there or kept in it. ${advice}`,
  );
});
