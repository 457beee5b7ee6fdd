import { expect, test } from "vitest";
import { wayCommand } from "../../components/redis/ways";

test("placeholders are filled in, inside a part too; arguments take as many places as there are", () => {
  expect(wayCommand(["ssh", "-L", "127.0.0.1:{port}:h:1"], { port: 7000 })).toEqual([
    "ssh",
    "-L",
    "127.0.0.1:7000:h:1",
  ]);
  expect(wayCommand(["aws", "host={host},local={port}"], { port: 7000, host: "redis.example" })).toEqual([
    "aws",
    "host=redis.example,local=7000",
  ]);
  expect(wayCommand(["tail", "{args}", "log"], {})).toEqual(["tail", "log"]);
  expect(wayCommand(["tail", "{args}", "log"], { args: ["-n", "{port}"] })).toEqual([
    "tail",
    "-n",
    "{port}",
    "log",
  ]);
});
