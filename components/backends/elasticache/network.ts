import type { Problem } from "../../redis/problems";
import { shownAs } from "../../redis/problems";
import type { Sentence } from "../../redis/sentence";
import { key, say } from "../../redis/sentence";
import type { Given } from "../backend";
import { cidrProblems, readCidr } from "../cidr";
import type { ElasticacheTopologyArgs } from "./args";

const SUBNET = /^subnet-[\da-f]{1,17}$/;

/** Everything wrong with where the groups are and who reaches them. */
export function networkProblems(args: Given<ElasticacheTopologyArgs>, multiAz: boolean): Problem[] {
  const { vpcId, allowedSecurityGroups = [], allowedCidrs = [] } = args;
  const problems: Problem[] = [];
  if (vpcId === undefined || vpcId === "") {
    const fix = "Give the id of the VPC in which the applications run.";
    problems.push({ key: "vpcId", was: "missing", allowed: "a VPC, such as vpc-0a1b2c3d", fix });
  }
  problems.push(...subnetProblems(args, multiAz));
  if (allowedSecurityGroups.length + allowedCidrs.length === 0) {
    problems.push({
      key: ["allowedSecurityGroups", "allowedCidrs"],
      was: "both missing",
      allowed: "at least one client",
      fix: "Give the applications' security groups; without one nobody reaches Redis.",
    });
  }
  return [
    ...problems,
    ...allowedCidrs.flatMap((cidr) => clientProblems(cidr, args.allowAnyAddress ?? false)),
  ];
}

/** Whether a CIDR is of IPv6. */
export function isIpv6(cidr: string): boolean {
  return cidr.includes(":");
}

function subnetProblems({ subnetIds = [] }: Given<ElasticacheTopologyArgs>, multiAz: boolean): Problem[] {
  const problem = (was: string, allowed: string, fix: string): Problem => ({
    key: "subnetIds",
    was,
    allowed,
    fix,
  });
  const twice = subnetIds.filter((id, index) => typeof id === "string" && subnetIds.indexOf(id) < index);
  if (twice.length > 0) {
    const was = `${[...new Set(twice)].map((id) => shownAs(SUBNET, id)).join(", ")} more than once`;
    return [problem(was, "each subnet once", "Remove the repetition, or give the subnet that was meant.")];
  }
  const least = multiAz ? 2 : 1;
  if (subnetIds.length >= least) return [];
  const zones = multiAz ? ", in different zones, since a group is Multi-AZ" : "";
  return [
    problem(`${subnetIds.length} of them`, `at least ${least}${zones}`, "Give private subnets of the VPC."),
  ];
}

/** EC2 takes a network by its first address only. */
function clientProblems(cidr: string, anyAddress: boolean): Problem[] {
  const network = readCidr(cidr);
  if (network === undefined || network === "mapped") return cidrProblems("allowedCidrs", cidr);
  const was = JSON.stringify(cidr);
  const problem = (allowed: string, fix: Sentence): Problem[] => [{ key: "allowedCidrs", was, allowed, fix }];
  const length = cidr.split("/")[1];
  if (!network.isFirst) {
    const single = network.family === 6 ? 128 : 32;
    return problem(
      `the first address of the network, ${network.first}/${length}`,
      `Write that, or /${single} if the one address is meant.`,
    );
  }
  if (length !== "0" || anyAddress) return [];
  return problem(
    "the applications' own networks",
    say`Narrow it; if every address is meant, say so again with ${key("allowAnyAddress", "true")}.`,
  );
}
