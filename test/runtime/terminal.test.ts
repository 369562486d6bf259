import { expect, test } from "vitest";
import { duration, jsonReport, terminalReport } from "../../src/runtime/terminal.js";

/** A stream that remembers, and a clock that is set by hand. */
function stage(isTTY: boolean) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const out = { isTTY, columns: 40, write: (text: string) => written.push(text) };
  return { written, clock, out, now: () => clock.ms };
}
const event = (done: number, figures?: Record<string, number>) => ({
  stage: "simulate",
  done,
  total: 10,
  unit: "micrographs",
  ...(figures && { figures }),
});

test("off a terminal: plain lines, one every five seconds at most, with rate and time left, and always the last", () => {
  const { written, clock, out, now } = stage(false);
  const report = terminalReport(out, now);
  for (const [ms, done] of [
    [0, 0],
    [1000, 1],
    [5000, 5],
    [6000, 6],
    [9999, 9],
    [10_000, 10],
  ] as const) {
    clock.ms = ms;
    report.progress(event(done));
  }
  expect(written).toEqual([
    "simulate: 0/10 micrographs\n",
    "simulate: 5/10 micrographs, 1.0/s, 0:05 left\n",
    "simulate: 10/10 micrographs, 1.0/s\n",
  ]);
});

test("what an earlier run had done does not count into the rate", () => {
  const { written, clock, out, now } = stage(false);
  const report = terminalReport(out, now);
  report.progress(event(6));
  clock.ms = 20_000;
  report.progress(event(8));
  expect(written.at(-1)).toBe("simulate: 8/10 micrographs, 10.0 s each, 0:20 left\n");
});

test("on a terminal: one line redrawn, cut to its width, cleared for notes", () => {
  const { written, clock, out, now } = stage(true);
  const report = terminalReport(out, now);
  report.progress(event(0, { loss: 0.123456, other: 12345.6 }));
  clock.ms = 50;
  report.progress(event(1));
  report.warn("dark");
  expect(written).toEqual(["\r\x1b[Ksimulate: 0/10 micrographs, loss 0.1235", "\r\x1b[K", "warning: dark\n"]);
  report.progress(event(10));
  expect(written.at(-1)!.endsWith("\n")).toBe(true);
});

test("for machines: a JSON object a line", () => {
  const { written, clock, out, now } = stage(false);
  const report = jsonReport(out, now);
  report.progress(event(0));
  clock.ms = 2000;
  report.progress(event(4, { loss: 1 }));
  report.note("hello");
  expect(written.map((line) => JSON.parse(line))).toEqual([
    { type: "progress", ...event(0), perSecond: null, secondsLeft: null },
    { type: "progress", ...event(4, { loss: 1 }), perSecond: 2, secondsLeft: 3 },
    { type: "note", message: "hello" },
  ]);
});

test("durations", () => {
  expect([0.4, 42, 725, 12_007].map(duration)).toEqual(["0:00", "0:42", "12:05", "3:20:07"]);
});
