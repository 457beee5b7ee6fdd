/** What one vitest run amounted to; names are "file > suite > test". */
export interface TestRun {
  passed: number;
  failed: string[];
  skipped: string[];
  todo: number;
  /** Files that could not be collected, hooks that failed, and errors outside any test. */
  errors: string[];
}

export interface Check {
  name: string;
  ok: boolean;
}

export interface Tally {
  passed: number;
  failed: number;
  /** The lines to close with; the last one is always `N passed, N failed`. */
  lines: string[];
}

export interface Whole {
  /** Undefined when vitest wrote no report. */
  run: TestRun | undefined;
  vitestCode: number;
  checks: Check[];
  skippedIsFailed: boolean;
}

const NO_TESTS: TestRun = { passed: 0, failed: [], skipped: [], todo: 0, errors: [] };

/** Counts the run as a whole; each check counts as one. */
export function tally({ run, vitestCode, checks, skippedIsFailed }: Whole): Tally {
  const { passed, failed, skipped, todo, errors } = run ?? NO_TESTS;
  const explained = failed.length + errors.length > 0;
  const problems = [
    ...checks.filter(({ ok }) => !ok).map(({ name }) => `${name} failed`),
    ...failed.map((name) => `failed: ${name}`),
    ...errors.map((error) => `error: ${error}`),
    ...(run && (vitestCode === 0 || explained) ? [] : [`error: vitest ended with exit code ${vitestCode}`]),
    ...(skippedIsFailed ? skipped.map((name) => `skipped, but live tests are required: ${name}`) : []),
  ];
  const total = { passed: passed + checks.filter(({ ok }) => ok).length, failed: problems.length };
  const aside = [
    ...(skipped.length > 0 && !skippedIsFailed ? [`${skipped.length} skipped`] : []),
    ...(todo > 0 ? [`${todo} todo`] : []),
  ];
  const lines = [...problems, ...(aside.length > 0 ? [aside.join(", ")] : [])];
  return { ...total, lines: [...lines, `${total.passed} passed, ${total.failed} failed`] };
}
