import type { Progress, Report } from "../core/ports.js";

/** The part of a stream that reports need. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * What a person sees of a running job: on a terminal one line redrawn in place, elsewhere (a log, a Slurm output) a
 * line every few seconds. Both show the rate and the time that remains at that rate.
 */
export function terminalReport(out: Output, now: () => number): Report {
  const interactive = out.isTTY === true;
  const everyMs = interactive ? 100 : 5000;
  const clock = rateClock(now);
  let last = Number.NEGATIVE_INFINITY;
  let stage = "";
  let drawn = false;
  const clear = (): void => {
    if (drawn) out.write("\r\x1b[K");
    drawn = false;
  };
  const line = (text: string): void => {
    clear();
    out.write(`${text}\n`);
  };
  return {
    progress(event) {
      const finished = event.done >= event.total;
      const fresh = event.stage !== stage;
      stage = event.stage;
      const timing = clock(event);
      if (!finished && !fresh && now() - last < everyMs) return;
      last = now();
      const text = describe(event, timing);
      if (!interactive || finished) return line(text);
      out.write(`\r\x1b[K${text.slice(0, (out.columns ?? 80) - 1)}`);
      drawn = true;
    },
    note: line,
    warn: (text) => line(`warning: ${text}`),
  };
}

/** What another program sees: a JSON object a line, `type` progress, note or warning. */
export function jsonReport(out: Output, now: () => number): Report {
  const clock = rateClock(now);
  const write = (value: object): unknown => out.write(`${JSON.stringify(value)}\n`);
  return {
    progress: (event) => {
      const { rate, secondsLeft } = clock(event);
      write({ type: "progress", ...event, perSecond: round(rate), secondsLeft: round(secondsLeft) });
    },
    note: (message) => write({ type: "note", message }),
    warn: (message) => write({ type: "warning", message }),
  };
}

interface Timing {
  /** Units a second since the stage began; NaN before there is one. */
  readonly rate: number;
  readonly secondsLeft: number;
}

/** Measures from the stage's first event, so that what an earlier run had done does not count. */
function rateClock(now: () => number): (event: Progress) => Timing {
  let start = { stage: "", done: 0, time: 0 };
  return ({ stage, done, total }) => {
    if (stage !== start.stage || done < start.done) start = { stage, done, time: now() };
    const seconds = (now() - start.time) / 1000;
    const rate = seconds > 0 && done > start.done ? (done - start.done) / seconds : Number.NaN;
    return { rate, secondsLeft: (total - done) / rate };
  };
}

function describe(event: Progress, { rate, secondsLeft }: Timing): string {
  const parts = [`${event.stage}: ${event.done}/${event.total} ${event.unit}`];
  if (rate > 0) parts.push(rate >= 1 ? `${rate.toFixed(1)}/s` : `${(1 / rate).toFixed(1)} s each`);
  if (rate > 0 && secondsLeft > 0) parts.push(`${duration(secondsLeft)} left`);
  for (const [name, value] of Object.entries(event.figures ?? {})) {
    parts.push(`${name} ${Number(value.toPrecision(4))}`);
  }
  return parts.join(", ");
}

/** Seconds as 0:42, 12:05 or 3:20:07. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const round = (value: number): number | null =>
  Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
