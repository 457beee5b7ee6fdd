import { Volume } from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";

/** Resources of the providers that the docker stack uses: Pulumi starts a process for each of them. */
const parent = new pulumi.ComponentResource("bench:index:Empty", "empty");
const id = new RandomId("id", { byteLength: 4 }, { parent });
for (let count = 0; count < Number(process.env.BENCH_RESOURCES); count += 1) {
  new Volume(`volume-${count}`, { name: id.hex }, { parent });
}
