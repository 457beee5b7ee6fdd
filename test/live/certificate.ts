import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Certificate } from "./cli-helpers";

/** A server certificate for a name, and the authority that signed it, in a folder. */
export function makeCertificate(folder: string, name: string): Certificate {
  const file = (base: string) => path.join(folder, base);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "2",
    "-subj",
    "/CN=test authority",
  );
  openssl("req", ...key, "-keyout", "server.key", "-out", "server.csr", "-subj", `/CN=${name}`);
  writeFileSync(file("san"), `subjectAltName=DNS:${name}\n`);
  const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "san"];
  openssl("x509", "-req", "-in", "server.csr", "-out", "server.pem", ...signing);
  const caFile = file("ca.pem");
  return { key: file("server.key"), cert: file("server.pem"), caFile, ca: readFileSync(caFile, "utf8") };
}
