import { describe, expect, test } from "vitest";
import type { DataListing } from "../../components/redis/aof";
import { dataSource, FIRST_BASE, FIRST_MANIFEST } from "../../components/redis/aof";

const listing = (files: string[], aofFiles: string[] = [], manifest?: string): DataListing => ({
  files: new Map(files.map((name) => [name, 100])),
  aofFiles: new Map(aofFiles.map((name) => [name, 100])),
  ...(manifest !== undefined && { manifest }),
});
const WHOLE = `${FIRST_MANIFEST}file "appendonly.aof.1.incr.aof" seq 1 type i\nfile gone.aof seq 1 type h\n`;

describe("what holds the data of a queue", () => {
  test.each([
    ["an empty folder", listing([]), "nothing"],
    ["a snapshot alone", listing(["dump.rdb"]), "snapshot"],
    [
      "a snapshot, and a first AOF that was never ended",
      listing(["dump.rdb"], ["temp-appendonly.aof.incr"]),
      "snapshot",
    ],
    [
      "a manifest and what it names",
      listing(["dump.rdb"], [FIRST_BASE, "appendonly.aof.1.incr.aof"], WHOLE),
      "aof",
    ],
    ["the one file of Redis 6", listing(["dump.rdb", "appendonly.aof"]), "aof"],
    [
      "an upgrade from it, not ended",
      listing(["appendonly.aof"], [], "file appendonly.aof seq 1 type b\n"),
      "aof",
    ],
  ])("%s", (_, given, source) => {
    expect(dataSource(given, true)).toBe(source);
  });

  test.each([
    [
      "a manifest whose file is missing",
      listing([], [FIRST_BASE], WHOLE),
      "appendonlydir/appendonly.aof.manifest names appendonly.aof.1.incr.aof, which is not there",
    ],
    [
      "files without a manifest",
      listing(["dump.rdb"], [FIRST_BASE]),
      `appendonlydir holds ${FIRST_BASE}, but no appendonly.aof.manifest that names it`,
    ],
    [
      "an empty manifest",
      listing(["dump.rdb"], [], ""),
      "appendonlydir/appendonly.aof.manifest names no file",
    ],
    [
      "a torn manifest",
      listing(["dump.rdb"], [FIRST_BASE], `file ${FIRST_BASE} se`),
      "appendonlydir/appendonly.aof.manifest cannot be read",
    ],
    [
      "two AOFs",
      listing(["appendonly.aof"], [FIRST_BASE], FIRST_MANIFEST),
      "there are two AOFs, appendonly.aof and appendonlydir",
    ],
    ["an empty snapshot", { files: new Map([["dump.rdb", 0]]), aofFiles: new Map() }, "dump.rdb is empty"],
    [
      "an empty file of Redis 6 beside a snapshot",
      {
        files: new Map([
          ["dump.rdb", 9],
          ["appendonly.aof", 0],
        ]),
        aofFiles: new Map(),
      },
      "appendonly.aof is empty and lies beside dump.rdb",
    ],
  ])("is not clear with %s", (_, given, problem) => {
    expect(dataSource(given, true)).toMatchObject({ problem });
  });

  test("an AOF that the server is too old to read is refused", () => {
    expect(dataSource(listing([], [FIRST_BASE], FIRST_MANIFEST), false)).toEqual({
      problem: "the AOF lies in appendonlydir, which servers before Redis 7 do not read",
      fix: "Choose a newer server with `queue.version`",
    });
  });
});
