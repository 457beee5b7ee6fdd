// Stands in for `kubectl port-forward` and its like: forwards a port of 127.0.0.1 until it is ended.
// Arguments: local port, far host, far port, and a file that its process id is written to.
const { connect, createServer } = require("node:net");
const { writeFileSync } = require("node:fs");

const [port, host, farPort, pidFile] = process.argv.slice(2);
writeFileSync(pidFile, String(process.pid));
createServer((near) => {
  const far = connect(Number(farPort), host);
  near.pipe(far).pipe(near);
  for (const socket of [near, far]) socket.on("error", () => undefined);
}).listen(Number(port), "127.0.0.1");
