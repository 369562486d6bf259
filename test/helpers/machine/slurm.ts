import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";

const DAEMONS = ["/usr/sbin/munged", "/usr/sbin/slurmctld", "/usr/sbin/slurmd"];

/** What this machine lacks for a Slurm of its own; nothing where all is there. */
export const missingSlurm = (): string | undefined =>
  DAEMONS.every((path) => existsSync(path)) ? undefined : "needs slurm-wlm and munge";

/** Slurm does not do what it should here: no fault of what is tested. */
export class SlurmTrouble extends Error {}

/** Arrays have up to this many tasks. */
export const MOST_TASKS = 4;

/**
 * A Slurm with one node, this machine, all of it in a folder: munged, slurmctld and slurmd on free ports, without accounting.
 * Configuration as of Debian's 22.05 (slurm.conf's manual).
 */
export class OwnSlurm {
  private readonly children = new Map<string, ChildProcess>();
  private readonly node = hostname().split(".")[0]!;
  readonly environment: NodeJS.ProcessEnv;

  private constructor(private readonly folder: string) {
    this.environment = { ...process.env, SLURM_CONF: this.at("slurm.conf"), TMPDIR: this.at("tmp") };
  }

  /** @throws SlurmTrouble with what the daemons say */
  static async start(folder: string): Promise<OwnSlurm> {
    const slurm = new OwnSlurm(folder);
    for (const name of ["munge", "state", "spool", "log", "tmp"])
      mkdirSync(slurm.at(name), { recursive: true });
    // munged wants its folders and key for itself
    chmodSync(slurm.at("munge"), 0o700);
    writeFileSync(slurm.at("munge/key"), randomBytes(1024), { mode: 0o400 });
    const { stdout } = await slurm.call("/usr/sbin/slurmd", ["-C"]);
    const hardware = /CPUs=\d+/.exec(stdout)?.[0] ?? "CPUs=1";
    writeFileSync(
      slurm.at("slurm.conf"),
      slurm.configuration(hardware, [await freePort(), await freePort()]),
    );
    const files = ["key-file=key", "socket=socket", "log-file=log", "pid-file=pid", "seed-file=seed"];
    const munge = files.map((each) => `--${each.replace("=", `=${slurm.at("munge")}/`)}`);
    slurm.run("munged", "/usr/sbin/munged", ["--foreground", "--force", ...munge]);
    slurm.startController();
    slurm.run("slurmd", "/usr/sbin/slurmd", ["-D"]);
    try {
      await slurm.until(
        "its node is idle",
        async () => (await slurm.call("sinfo", ["-h", "-o", "%T"])).stdout.trim() === "idle",
      );
    } catch (error) {
      await slurm.stop();
      throw error;
    }
    return slurm;
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  startController(): void {
    this.run("slurmctld", "/usr/sbin/slurmctld", ["-D"]);
  }

  async stopController(): Promise<void> {
    await this.end("slurmctld");
  }

  /** Runs one of Slurm's programs. */
  call(program: string, words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      const options = { env: this.environment, timeout: 20_000 };
      execFile(program, words, options, (error, stdout, stderr) =>
        resolve({ code: error ? 1 : 0, stdout, stderr }),
      );
    });
  }

  /** Of its node: DRAIN, RESUME. */
  async setNode(state: string): Promise<void> {
    await this.call("scontrol", ["update", `nodename=${this.node}`, `state=${state}`, "reason=test"]);
  }

  /** Tasks in a state, as RUNNING, by their number as jobs of their own. */
  async jobs(state: string): Promise<readonly string[]> {
    const { stdout } = await this.call("squeue", ["-h", "-r", "-t", state, "-o", "%A"]);
    return stdout.split("\n").filter((id) => id !== "");
  }

  /** Jobs that are queued again wait two minutes, in case their node is not ready yet: here they need not. */
  async hurry(): Promise<void> {
    const { stdout } = await this.call("squeue", ["-h", "-r", "-t", "PENDING", "-o", "%A|%r"]);
    for (const line of stdout.split("\n")) {
      const [id, reason] = line.split("|");
      if (reason === "BeginTime") await this.call("scontrol", ["update", `jobid=${id}`, "starttime=now"]);
    }
  }

  /** @throws SlurmTrouble where it does not come true */
  async until(what: string, isTrue: () => Promise<boolean>, seconds = 30): Promise<void> {
    for (let i = 0; i < 4 * seconds; i++) {
      if (await isTrue()) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const logs = ["ctld", "slurmd"].map((name) => lastLines(this.at(`log/${name}.log`)));
    throw new SlurmTrouble(
      `needs a Slurm that works: after ${seconds} s it was not so that ${what}: ${logs.join("; ")}`,
    );
  }

  async stop(): Promise<void> {
    for (const name of ["slurmd", "slurmctld", "munged"]) await this.end(name);
  }

  private run(name: string, program: string, words: readonly string[]): void {
    const child = spawn(program, words, { env: this.environment, stdio: "ignore" });
    child.on("error", () => {});
    this.children.set(name, child);
  }

  private async end(name: string): Promise<void> {
    const child = this.children.get(name);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
  }

  private configuration(hardware: string, [controller, node]: readonly [number, number]): string {
    const user = userInfo().username;
    return `ClusterName=cryogem-test
SlurmctldHost=${this.node}(127.0.0.1)
SlurmctldPort=${controller}
SlurmdPort=${node}
AuthType=auth/munge
AuthInfo=socket=${this.at("munge/socket")}
CryptoType=crypto/munge
SlurmUser=${user}
SlurmdUser=${user}
StateSaveLocation=${this.at("state")}
SlurmdSpoolDir=${this.at("spool")}
SlurmctldPidFile=${this.at("ctld.pid")}
SlurmdPidFile=${this.at("slurmd.pid")}
SlurmctldLogFile=${this.at("log/ctld.log")}
SlurmdLogFile=${this.at("log/slurmd.log")}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,bf_interval=1
KillWait=5
MaxArraySize=${MOST_TASKS + 1}
NodeName=${this.node} NodeAddr=127.0.0.1 ${hardware} RealMemory=1000
PartitionName=main Nodes=${this.node} Default=YES MaxTime=INFINITE State=UP
`;
  }
}

const lastLines = (path: string): string =>
  existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").slice(-2).join(" / ") : "no log";

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
