import type { IncomingMessage, RequestOptions } from "node:http";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { kubeconfigOf } from "./kubeconfig";

/** Milliseconds without an answer after which the API server counts as out of reach. */
const PATIENCE = 15_000;

/** The way to a cluster. */
export interface Access {
  /** Files of the kubeconfig, in kubectl's order. */
  readonly paths: readonly string[];
  readonly context: string;
}

/** What every object has that the API server keeps. */
export interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** What the API server refused, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** The API of one cluster, as far as it is asked here. */
export interface Api {
  /** Undefined when there is none, also when the cluster does not know the kind. */
  get<Kind = Stored>(path: string): Promise<Kind | undefined>;
  post(path: string, body: object): Promise<void>;
  remove(path: string): Promise<void>;
  /** The text at a path, such as a pod's log. */
  text(path: string): Promise<string>;
}

/**
 * Opens the API of a cluster, with every way to log in that kubectl has. Only the provider's process does: the
 * library takes 0.3 s to load.
 */
export async function openApi({ paths, context }: Access): Promise<Api> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  config.loadFromString(kubeconfigOf(paths, context));
  const cluster = config.getCurrentCluster();
  const server = cluster?.server ?? "";
  // What `kubectl proxy` gives; the library takes plain HTTP only from who says that there is no TLS to verify.
  if (cluster && server.startsWith("http:")) Object.assign(cluster, { skipTLSVerify: true });

  async function send(method: string, path: string, body?: object): Promise<string> {
    const options: RequestOptions = { method, timeout: PATIENCE };
    try {
      await config.applyToHTTPSOptions(options);
      const { status, text } = await exchange(server, path, options, body);
      if (status >= 200 && status < 300) return text;
      throw new ApiError(status, messageOf(text) ?? `HTTP ${status}`);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new Error(`${server} does not answer: ${(error as Error).message}`);
    }
  }

  return {
    async get<Kind>(path: string) {
      try {
        return JSON.parse(await send("GET", path)) as Kind;
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) return undefined;
        throw error;
      }
    },
    async post(path, body) {
      await send("POST", path, body);
    },
    async remove(path) {
      try {
        await send("DELETE", path);
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 404)) throw error;
      }
    },
    text: (path) => send("GET", path),
  };
}

function exchange(
  server: string,
  path: string,
  options: RequestOptions,
  body?: object,
): Promise<{ status: number; text: string }> {
  // A server may lie below a path of its host, as behind Rancher.
  const url = new URL(server.replace(/\/$/, "") + path);
  const request = url.protocol === "http:" ? plainRequest : tlsRequest;
  const headers = { ...options.headers, ...(body && { "Content-Type": "application/json" }) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...options, headers }, (answer: IncomingMessage) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer in ${PATIENCE / 1000} s`)));
    sent.on("error", reject);
    sent.end(body && JSON.stringify(body));
  });
}

function messageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return undefined;
  }
}
