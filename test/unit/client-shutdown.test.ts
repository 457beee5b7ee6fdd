import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { closeAll } from "../../components/client/shutdown";

const PATIENT = 60_000;

describe("closing", () => {
  test("workers first, whatever the order, then queues and clients", async () => {
    const events: string[] = [];
    const close = (name: string) => async () => {
      events.push(`${name} closes`);
      await new Promise(setImmediate);
      events.push(`${name} closed`);
    };
    const worker = { run: () => {}, close: close("worker") };
    const queue = { close: close("queue"), disconnect: close("queue's connection") };
    const client = { disconnect: () => events.push("client closed") };
    expect(await closeAll([queue, client, worker], PATIENT)).toEqual([]);
    expect(events).toEqual([
      "worker closes",
      "worker closed",
      "queue closes",
      "client closed",
      "queue closed",
    ]);
  });

  test("what fails is told and disconnected, and the rest is closed", async () => {
    const events: string[] = [];
    const broken = {
      close: async () => Promise.reject(new Error("Stream isn't writeable")),
      disconnect: async () => events.push("disconnected"),
    };
    const queue = { close: async () => events.push("closed") };
    expect(await closeAll([broken, queue], PATIENT)).toEqual(["Stream isn't writeable"]);
    expect(events).toEqual(["closed", "disconnected"]);
  });

  test("what does not end is waited for no longer than that", async () => {
    const stuck = { close: () => new Promise(() => {}) };
    expect(await closeAll([stuck], 10)).toEqual([
      "not closed within 10 ms; a job takes longer, or Redis is away",
    ]);
  });
});

describe("a process", () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill("SIGKILL"));

  /** Closes something that takes until its standard input ends, and whose timer holds the process until then. */
  const start = async () => {
    const program = `
      const { shutdownOnSignal } = require("../../components/client");
      const timer = setInterval(() => {}, 1000);
      shutdownOnSignal({
        close: () => new Promise((resolve) => {
          console.log("closing");
          process.stdin.on("end", () => { clearInterval(timer); resolve(); }).resume();
        }),
      });
      console.log("ready");
    `;
    child = spawn(process.execPath, ["--import", "tsx", "-e", program], {
      cwd: __dirname,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const started = child;
    let output = "";
    started.stdout?.on("data", (chunk) => {
      output += chunk;
    });
    const says = (text: string) => expect.poll(() => output, { timeout: 20_000 }).toBe(text);
    await says("ready\n");
    return { child: started, says, ended: once(started, "exit") };
  };

  test.each([
    ["SIGTERM", ["SIGTERM"]],
    ["SIGINT", ["SIGINT"]],
    ["two at once, as npm passes a keystroke on", ["SIGINT", "SIGTERM"]],
  ] as const)("on %s closes, then ends by itself", async (_, signals) => {
    const { child, says, ended } = await start();
    for (const signal of signals) child.kill(signal);
    await says("ready\nclosing\n");
    child.stdin?.end();
    expect(await ended).toEqual([0, null]);
  });

  test("ends at once on a second signal", async () => {
    const { child, says, ended } = await start();
    child.kill("SIGTERM");
    await says("ready\nclosing\n");
    const again = setInterval(() => child.kill("SIGINT"), 100);
    expect(await ended).toEqual([130, null]);
    clearInterval(again);
  });
});
