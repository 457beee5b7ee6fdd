import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { RandomId } from "@pulumi/random/randomId";
import { Nothing } from "../nothing";

/** Resources of the providers that the kubernetes stack uses: Pulumi starts a process for each of them. */
const parent = new pulumi.ComponentResource("bench:index:Empty", "empty");
const id = new RandomId("id", { byteLength: 4 }, { parent });
for (let count = 0; count < Number(process.env.BENCH_RESOURCES); count += 1) {
  new Secret(`secret-${count}`, { stringData: { id: id.hex } }, { parent });
}
new Nothing("nothing", { parent });
