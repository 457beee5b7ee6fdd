import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import { runtime } from "@pulumi/pulumi";
import { keeping, refusals } from "../guarding";
import type { ExternalServerInputs, ExternalServerState, Observation } from "./externalServer";
import { changes, judge } from "./judge";
import { observe } from "./observe";

/** What Pulumi's engine calls for an ExternalServer. Runs in the process of Pulumi's dynamic provider. */
export const provider = {
  ...keeping<ExternalServerState>(({ host, port }) => `${host}:${port}`),

  /**
   * Asks the server on every run. An `up` fails here, before anything is changed. A preview names what it finds
   * and fails for nothing: it may run where the server cannot be reached, and then repeats what was last seen.
   */
  async check(
    olds: ExternalServerState | undefined,
    news: ExternalServerInputs,
  ): Promise<dynamic.CheckResult> {
    const { preview, section, ...inputs } = news;
    if (preview) return { inputs: await previewed(olds?.observed, news) };
    const found = await observe({ ...inputs, section });
    if (typeof found === "string") return { inputs, failures: [{ property: "", reason: found }] };
    return { inputs: { ...inputs, observed: found }, failures: failuresOf(inputs.role, found, section) };
  },

  async diff(_id: string, olds: ExternalServerState, news: ExternalServerState): Promise<dynamic.DiffResult> {
    const { __provider: _, ...before } = olds as ExternalServerState & { __provider?: string };
    const { __provider: __, ...after } = news as ExternalServerState & { __provider?: string };
    return { changes: !isDeepStrictEqual(before, after) };
  },
};

function failuresOf(role: string, found: Observation, section: string | undefined): dynamic.CheckFailure[] {
  return refusals(judge(role, found), section);
}

/** The inputs with what the server says now, a line for each thing that differs, and one if nobody answers. */
async function previewed(
  before: Observation | undefined,
  server: ExternalServerInputs,
): Promise<ExternalServerState> {
  const { preview: _, section, ...inputs } = server;
  const known = !Object.values(inputs).includes(runtime.unknownValue);
  const found = known ? await observe(server) : "the address is not known yet.";
  if (typeof found === "string") {
    console.error(`${server.role}: this preview repeats what was last seen of the server: ${found}`);
    return { ...inputs, ...(before && { observed: before }) };
  }
  for (const line of changes(before, found)) console.error(`${server.role}: ${line}`);
  for (const { reason } of failuresOf(server.role, found, section)) {
    console.error(`${server.role}: \`pulumi up\` will refuse this: ${reason}`);
  }
  return { ...inputs, observed: found };
}
