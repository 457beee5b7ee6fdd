/** What the compiler holds: the page takes what its server gives, field by field. A browser cannot import the server's types. */
import type * as shown from "../../../cli/page/types";
import type { Board } from "../../../cli/src/ui/board";
import type { Figures, RoleState } from "../../../cli/src/ui/state";
import type { Difference } from "./difference";
import { same } from "./difference";

same<Difference<Figures, shown.Figures>>();
same<Difference<RoleState, Omit<shown.RoleState, "role"> & Pick<RoleState, "role">>>();
same<Difference<ReturnType<Board["names"]>[number], shown.State["queues"][number]>>();
