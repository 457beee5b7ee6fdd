import * as path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { BENCH_RESULT } from "../../cli/src/bench/result";
import { DOCTOR_RESULT } from "../../cli/src/doctor/finding";
import { MEMORY_RESULT } from "../../cli/src/memory/result";
import { RESULTS } from "../../cli/src/queues/results";

test("docs/cli-queues.schema.json is what the commands print (vitest --update makes it anew)", async () => {
  const schemas = Object.fromEntries(
    Object.entries({ ...RESULTS, memory: MEMORY_RESULT, doctor: DOCTOR_RESULT, bench: BENCH_RESULT }).map(
      ([name, schema]) => {
        const { $schema: _, ...rest } = z.toJSONSchema(schema);
        return [name, rest];
      },
    ),
  );
  const document = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "What the commands on queues and servers print with --json, by command",
    $defs: schemas,
  };
  await expect(`${JSON.stringify(document, undefined, 2)}\n`).toMatchFileSnapshot(
    path.resolve(__dirname, "../../docs/cli-queues.schema.json"),
  );
});
