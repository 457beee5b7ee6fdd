// Preloaded by NODE_OPTIONS into the Node processes of a preview: the one that runs the program leaves its peak memory.
const { writeFileSync } = require("node:fs");

const isProgram = /[\\/]cmd[\\/]run[\\/]?(index\.js)?$/.test(process.argv[1] ?? "");
if (isProgram) {
  process.on("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage = { peakKib: maxRSS, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
    writeFileSync(process.env.BENCH_USAGE_FILE, JSON.stringify(usage));
  });
}
