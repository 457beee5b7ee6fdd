/** What the compiler holds, in the step "Types" of `npm test`: each backend takes its own args, and all that it needs. */
import { createTopology } from "../../../components/create";

createTopology("process", "redis", { queue: {}, directory: "data" });
createTopology("docker", "redis", { queue: {}, bind: "10.0.0.5" });
createTopology("elasticache", "redis", { cache: {}, vpcId: "vpc-1", subnetIds: ["subnet-a"] });

// @ts-expect-error another backend's setting
createTopology("process", "redis", { queue: {}, bind: "10.0.0.5" });
// @ts-expect-error no subnets
createTopology("elasticache", "redis", { cache: {}, vpcId: "vpc-1" });
// @ts-expect-error no such backend
createTopology("nowhere", "redis", {});
