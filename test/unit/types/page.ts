/** What the compiler holds: the page takes what its server gives, field by field. A browser cannot import the server's types. */
import type * as shown from "../../../cli/page/types";
import type { StatusReport } from "../../../cli/src/status/report";
import type { GuaranteeCells } from "../../../cli/src/ui/server";
import type { Difference } from "./difference";
import { same } from "./difference";

same<Difference<StatusReport, shown.State>>();
same<Difference<GuaranteeCells, shown.Topology["guarantees"]>>();
