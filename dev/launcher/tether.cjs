// Runs a program that ends with its starter, however that ends: our standard input then closes. Plain JavaScript, to
// start at once. We lead a process group of our own (child.ts), which is ended as a whole.
const { spawn } = require("node:child_process");

const [file, ...args] = process.argv.slice(2);
const child = spawn(file, args, { stdio: ["ignore", "inherit", "inherit"] });
child.once("error", (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.once("exit", (code) => process.exit(code ?? 1));
process.stdin.resume().once("close", () => process.kill(-process.pid, "SIGKILL"));
