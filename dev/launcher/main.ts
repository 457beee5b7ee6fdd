import { runPulumi } from ".";
import { sayFailure } from "./failure";

runPulumi(process.argv.slice(2)).then(
  ({ code }) => {
    process.exitCode = code;
  },
  (error) => {
    sayFailure(error);
    process.exitCode = 1;
  },
);
