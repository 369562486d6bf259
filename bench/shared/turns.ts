import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { busySeconds, IDLE, untilIdle } from "./idle.js";

/** What one piece of work took, and the most memory that its process has ever held. */
export interface Answer {
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds of all threads. */
  readonly processor: number;
  readonly peakMegabytes: number;
  /** Results to be held against another program's. */
  readonly values?: Readonly<Record<string, number>>;
}

/** A program that does its work once for every line it is sent, and answers each with a line of JSON. */
export class Contestant {
  private readonly lines: AsyncIterator<string>;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    reader: Interface,
  ) {
    this.lines = reader[Symbol.asyncIterator]();
  }

  static start(name: string, command: string, args: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...env },
    });
    return new Contestant(name, child, createInterface({ input: child.stdout }));
  }

  async ask(order: string): Promise<Answer> {
    this.child.stdin!.write(`${order}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`${this.name} ended without an answer to '${order}'`);
    return JSON.parse(value) as Answer;
  }

  stop(): void {
    this.child.stdin!.end();
  }
}

/** Milliseconds between turns: threads of the last one may still be spinning in wait for work. */
const PAUSE = 100;

/**
 * Every contestant does its work `rounds` times, one after the other, so that what else the machine does meets all of them;
 * `warm` rounds before are not counted. The ratio of two is the median over rounds of their ratios.
 */
export async function takeTurns(
  contestants: readonly Contestant[],
  order: string,
  rounds: number,
  warm: number,
): Promise<readonly (readonly Answer[])[]> {
  const answers: Answer[][] = contestants.map(() => []);
  for (let round = -warm; round < rounds; round++) {
    for (const [i, contestant] of contestants.entries()) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      const answer = await contestant.ask(order);
      if (round >= 0) answers[i]!.push(answer);
    }
  }
  return answers;
}

/**
 * As `takeTurns`, on an idle machine: each round waits for one, and counts only if nobody else took more than IDLE cores meanwhile.
 *
 * @returns fewer rounds than asked for where others leave the machine no rest
 */
export async function takeQuietTurns(
  contestants: readonly Contestant[],
  order: string,
  rounds: number,
): Promise<readonly (readonly Answer[])[]> {
  const answers: Answer[][] = contestants.map(() => []);
  await takeTurns(contestants, order, 0, 1);
  for (let tries = 0; answers[0]!.length < rounds && tries < 3 * rounds; tries++) {
    if (!(await untilIdle())) break;
    const [busy, start] = [busySeconds(), performance.now()];
    const round = (await takeTurns(contestants, order, 1, 0)).flat();
    const own = round.reduce((sum, { processor }) => sum + processor, 0) / 1000;
    const foreign = (busySeconds() - busy - own) / ((performance.now() - start) / 1000);
    if (foreign > IDLE)
      console.error(`a round beside other work (${foreign.toFixed(2)} cores) does not count`);
    else for (const [i, answer] of round.entries()) answers[i]!.push(answer);
  }
  return answers;
}

/** Interpreter with the peers' packages: PYTHON, or python3. */
export const python = process.env["PYTHON"] ?? "python3";
