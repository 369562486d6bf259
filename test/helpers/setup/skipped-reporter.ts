import { relative } from "node:path";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";

/**
 * Lists, at the end of a run, the tests that this machine skipped, by what they need. The name of such a test, or of a group
 * around it, ends with "(needs …)" or "(skipped: …)", or it says so when it skips itself; a test that is skipped without saying why
 * fails the run.
 */
export default class SkippedReporter implements Reporter {
  private isFiltered = false;
  private root = "";

  onInit({ config }: Vitest): void {
    this.isFiltered = config.testNamePattern !== undefined;
    this.root = config.root;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    // tests that a filter leaves out are skipped too, and nobody asked about those
    if (this.isFiltered) return;
    const byReason = new Map<string, TestCase[]>();
    for (const each of modules.flatMap((module) => [...module.children.allTests("skipped")])) {
      const reason = reasonOf(each) ?? WITHOUT_REASON;
      byReason.set(reason, [...(byReason.get(reason) ?? []), each]);
    }
    if (byReason.size === 0) return;
    console.log("\nSkipped on this machine:");
    for (const [reason, tests] of byReason) {
      console.log(`  ${tests.length} ${tests.length === 1 ? "test" : "tests"}: ${reason}`);
      const files = new Set(tests.map(({ module }) => relative(this.root, module.moduleId)));
      for (const file of files) console.log(`    ${file}`);
    }
    if (byReason.has(WITHOUT_REASON)) process.exitCode = 1;
  }
}

const WITHOUT_REASON = 'no reason given, expected "(needs …)" at the end of its name';
const REASON = /\((needs .*|skipped: .*)\)$/s;

/** What a test, or the nearest group around it, says of why it is skipped. */
function reasonOf(test: TestCase): string | undefined {
  const result = test.result();
  if (result.state === "skipped" && result.note) return result.note;
  for (let task: TestCase["parent"] | TestCase = test; task.type !== "module"; task = task.parent) {
    const [, reason] = REASON.exec(task.name) ?? [];
    if (reason) return reason;
  }
  return undefined;
}
