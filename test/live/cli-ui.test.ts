import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import * as path from "node:path";
import type { Processor } from "bullmq";
import { Queue, Worker } from "bullmq";
import type { Browser, Page } from "playwright-core";
import { chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Server } from "./cli-helpers";
import { outputsOf, PASSWORD, runCli, startCli, startServer, stopServers } from "./cli-helpers";
import { CHROMIUM, missing } from "./require";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

interface Ui {
  readonly url: string;
  readonly origin: string;
  readonly child: ChildProcess;
}

describe.skipIf(missing("redis", "chromium"))("the page, in a browser", () => {
  let browser: Browser;
  let queueServer: Server;
  let cacheServer: Server;
  let mail: Queue;
  const uis: Ui[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    [queueServer, cacheServer] = await Promise.all([startServer("queue"), startServer("cache")]);
    mail = queueOf("mail");
    await mail.add("welcome", { to: "first@example.com" });
    await work("failed", async () => {
      throw new Error("550 mailbox unavailable");
    });
  });

  afterEach(async () => {
    for (const { child } of uis.splice(0)) await end(child);
    for (const context of browser.contexts()) await context.close();
  });

  afterAll(async () => {
    await mail?.close();
    await browser?.close();
    await stopServers();
  });

  const login = () => {
    const { host, port, username, password } = queueServer.endpoint;
    return { host, port, username, password };
  };
  /** Processes jobs of `mail` until the first one has ended so. */
  async function work(ending: "completed" | "failed", processor: Processor): Promise<void> {
    const worker = new Worker("mail", processor, { connection: { ...login(), maxRetriesPerRequest: null } });
    await once(worker, ending);
    await worker.close();
  }
  const queueOf = (name: string) => new Queue(name, { connection: login() });

  /** Something to see in a picture. */
  async function useFor(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    for (let round = 0; Date.now() < end; round++) {
      const keys = Array.from({ length: 40 + 30 * Math.sin(round / 20) }, (_, at) => `page:${round}:${at}`);
      await cacheServer.admin.mset(keys.flatMap((key) => [key, "x".repeat(2000)]));
      await cacheServer.admin.mget(keys);
      await Promise.all(keys.map((key) => queueServer.admin.echo(key)));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const openUi = (...options: string[]) => openUiOf(queueServer, ...options);

  async function openUiOf(server: Server, ...options: string[]): Promise<Ui> {
    const outputs = {
      ...outputsOf({ queue: server.endpoint, cache: cacheServer.endpoint }),
      ways: { queue: { logs: ["sh", "-c", `printf '%s\\n' "$0" 'Ready to accept'`, `AUTH ${PASSWORD}`] } },
    };
    const { child } = startCli(
      ["ui", "--no-open", "--json", "--outputs", "-", ...options],
      JSON.stringify(outputs),
    );
    let printed = "";
    child.stdout?.on("data", (text: string) => {
      printed += text;
    });
    await vi.waitFor(() => expect(printed).toContain("}"), { timeout: 20_000 });
    expect(printed).not.toContain(PASSWORD);
    const { url } = JSON.parse(printed);
    const ui = { url, origin: new URL(url).origin, child };
    uis.push(ui);
    return ui;
  }

  /** A page that must neither fall out of its own policy nor ask anybody else. */
  async function visit(
    ui: Ui,
    options: Parameters<Browser["newPage"]>[0] = {},
  ): Promise<{ page: Page; wrong: string[] }> {
    const page = await browser.newPage(options);
    const wrong: string[] = [];
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) wrong.push(message.text());
    });
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("request", (sent) => {
      if (!sent.url().startsWith(ui.origin)) wrong.push(sent.url());
    });
    await page.goto(ui.url);
    return { page, wrong };
  }

  test("shows the topology, then the queues; a failed job is seen, retried and cleaned", async () => {
    const ui = await openUi();
    const { page, wrong } = await visit(ui, { viewport: { width: 1280, height: 900 } });
    await page
      .getByText("1 of 10,000")
      .or(page.getByText(/\d of [\d,]+/))
      .first()
      .waitFor();
    expect(await page.getByRole("heading", { level: 2 }).allTextContents()).toEqual([
      "cache",
      "queue",
      "What survives what",
    ]);
    await page.getByText("Queues (1)").waitFor();
    expect(page.url()).toBe(`${ui.origin}/`);
    const picture = process.env.REDIS_TOPOLOGY_PICTURE;
    if (picture !== undefined) {
      await useFor(40_000);
      await page.screenshot({ path: path.resolve(picture) });
    }

    await page.getByText("Queues (1)").click();
    await page.getByRole("link", { name: "mail" }).first().click();
    await page.goto(`${ui.origin}/queues/queue/mail?status=failed`);
    await page.getByText("550 mailbox unavailable").first().waitFor();
    await page.getByRole("button", { name: "Retry all" }).click();
    const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
    await dialog.getByRole("button", { name: /confirm|yes|retry/i }).click();
    await vi.waitFor(
      async () => expect(await mail.getJobCounts("failed", "waiting")).toEqual({ failed: 0, waiting: 1 }),
      {
        timeout: 10_000,
      },
    );
    await work("completed", async () => "sent");
    await page.goto(`${ui.origin}/queues/queue/mail?status=completed`);
    await page.getByText("welcome").first().waitFor();
    // bull-board leaves what has ended within the last five seconds.
    await vi.waitFor(
      async () => {
        await page.getByRole("button", { name: "Clean all" }).click();
        await dialog.getByRole("button", { name: /confirm|yes|clean/i }).click();
        await dialog.waitFor({ state: "hidden" });
        expect(await mail.getJobCounts("completed")).toEqual({ completed: 0 });
      },
      { timeout: 20_000, interval: 1000 },
    );
    expect(wrong).toEqual([]);
  });

  test("a new queue appears by itself, and one that is gone goes", async () => {
    const { page } = await visit(await openUi());
    await page.getByText("Queues (1)").waitFor();
    const images = queueOf("images");
    await images.add("resize", {});
    await page.getByText("Queues (2)").waitFor();
    await images.obliterate({ force: true });
    await images.close();
    await page.getByText("Queues (1)").waitFor();
  });

  test("says that Redis is away, and heals", async () => {
    const server = await startServer("queue");
    const { page, wrong } = await visit(await openUiOf(server));
    const alert = page.getByText(/^queue: no answer \(.+\)\. Trying again\.$/);
    await page.locator("#role-queue dd").first().waitFor();
    expect(await alert.count()).toBe(0);
    await server.kill();
    await alert.waitFor();
    const again = spawn("redis-server", [path.join(server.folder, "redis.conf")], { stdio: "ignore" });
    try {
      await alert.waitFor({ state: "detached" });
      await page.locator("#role-queue .software", { hasText: /Redis \d/ }).waitFor();
      expect(wrong).toEqual([]);
    } finally {
      again.kill("SIGKILL");
      await once(again, "exit");
    }
  });

  test("shows the problems that status shows, each with its command, and how each queue stands", async () => {
    const server = await startServer("queue");
    const letters = new Queue("letters", { connection: server.endpoint });
    await letters.add("write", {});
    await letters.close();
    await server.admin.config("SET", "appendonly", "no");
    const { page, wrong } = await visit(await openUiOf(server), { viewport: { width: 390, height: 800 } });
    const alerts = page.locator("#alerts .alert");
    await alerts.getByText("letters: 1 job waits, the oldest for").waitFor();
    const { stdout } = await runCli(
      ["status", "--json"],
      outputsOf({ queue: server.endpoint, cache: cacheServer.endpoint }),
    );
    const said = JSON.parse(stdout).problems.map(
      ({ command, runbook }: Record<string, string>) => `${command}  (docs/operations.md#${runbook})`,
    );
    expect(await alerts.locator("code").allTextContents()).toEqual(said);
    expect(said).toContain(
      "npx redis-topology queue letters stats --outputs -  (docs/operations.md#workers-do-not-process)",
    );
    expect(said[0]).toBe(
      "npx redis-topology verify --role queue --outputs -  (docs/operations.md#aof-or-rdb-cannot-be-written)",
    );
    const cells = page.locator("#role-queue .lines tbody").locator("th, td");
    expect(await cells.allTextContents()).toEqual(["letters", "1", "0", "0", "0", "0"]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    expect(wrong).toEqual([]);
  });

  test("a problem whose figures change is not told anew to a screen reader", async () => {
    const server = await startServer("queue");
    const { page } = await visit(await openUiOf(server));
    const started = page.locator("#alerts .note", { hasText: "queue: It was started" });
    await started.evaluate((alert) => alert.setAttribute("data-first", ""));
    const before = await started.textContent();
    await vi.waitFor(async () => expect(await started.textContent()).not.toBe(before), { timeout: 10_000 });
    expect(await started.getAttribute("data-first")).toBe("");
    expect(await page.locator("#alerts").getAttribute("aria-relevant")).toBe("additions");
  });

  test("is read in the dark, by keyboard, and on a telephone", async () => {
    const ui = await openUi();
    const { page, wrong } = await visit(ui, { colorScheme: "light", viewport: { width: 390, height: 800 } });
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(await ground()).toBe("rgb(246, 248, 250)");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await ground()).toBe("rgb(13, 17, 23)");
    await page.locator("#role-queue dd").first().waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.id")).toBe("queues");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${ui.origin}/queues`);
    expect(wrong).toEqual([]);
  });

  test("gives an address with its password only to the clipboard, and only who may write", async () => {
    const ui = await openUi();
    const { page } = await visit(ui);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: ui.origin });
    await page.getByRole("button", { name: "Copy the queue's URL" }).click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(queueServer.endpoint.url);
    expect(await page.content()).not.toContain(queueServer.endpoint.url);
  });

  test("shows the end of a server's log without its secrets, or why there is none", async () => {
    const { page, wrong } = await visit(await openUi());
    await page.getByText("Log of the queue").click();
    await page.getByText("AUTH *** Ready to accept").waitFor();
    await page.getByText("Log of the cache").click();
    await page.getByText("This backend gives no way to the log.").waitFor();
    expect(wrong).toEqual([]);
  });

  test("--read-only has no button that changes anything", async () => {
    const ui = await openUi("--read-only");
    const { page } = await visit(ui);
    await page.getByText("read-only").waitFor();
    await page.getByText("Queues (1)").waitFor();
    await page.locator("#role-queue dd").first().waitFor();
    expect(await page.getByRole("button").count()).toBe(0);
    const answer = await page.request.post(`${ui.origin}/api/url/queue`);
    expect([answer.status(), await answer.text()]).toEqual([
      403,
      "This page is read-only, and the address would let you write.",
    ]);
    const emptied = await page.request.put(`${ui.origin}/queues/api/queues/mail/pause`);
    expect(emptied.status()).toBe(405);
    expect(await mail.isPaused()).toBe(false);
  });

  test("nobody gets in without the token, by another name or from another page", async () => {
    const ui = await openUi();
    const asked = async (headers: Record<string, string>, method = "GET", target = "/api/topology") => {
      const sent = request(`${ui.origin}${target}`, { method, headers });
      sent.end();
      const [answer] = await once(sent, "response");
      answer.resume();
      return answer.statusCode;
    };
    const token = new URL(ui.url).searchParams.get("token") ?? "";
    const cookie = `redis-topology-${new URL(ui.url).port}=${token}`;
    expect(await asked({ cookie })).toBe(200);
    expect(await asked({})).toBe(401);
    expect(await asked({ cookie: cookie.slice(0, -1) })).toBe(401);
    expect(await asked({}, "GET", "/queues/api/queues")).toBe(401);
    expect(await asked({ cookie, host: "evil.example" })).toBe(403);
    expect(await asked({ cookie, origin: "http://evil.example" }, "POST", "/api/url/queue")).toBe(403);
    expect(await asked({ cookie, origin: ui.origin }, "POST", "/api/url/queue")).toBe(200);
  });

  test("another address than loopback needs a password", async () => {
    const run = await runCli(
      ["ui", "--no-open", "--host", "0.0.0.0"],
      outputsOf({ cache: cacheServer.endpoint }),
    );
    expect(run).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "redis-topology: --host 0.0.0.0 lets others reach the page. Set REDIS_TOPOLOGY_UI_PASSWORD to a password of at least 12 characters, or leave the option out.\n",
    });
  });

  test("Ctrl-C ends it, and leaves no port open", async () => {
    const ui = await openUi();
    expect(await end(ui.child, "SIGINT")).toBe(130);
    await expect(fetch(ui.origin)).rejects.toThrow();
  });
});

async function end(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  child.kill(signal);
  const [code] = await once(child, "exit");
  return code;
}
