import { spawn } from "node:child_process";

/** Runs a program to its end and keeps what it says; one that is not there ends with 127, as in a shell. */
export function runProgram(
  program: string,
  words: readonly string[],
): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") resolve({ code: 127, output, errors: `${program}: not found` });
      else reject(error);
    });
    child.on("close", (code) => resolve({ code: code ?? 1, output, errors }));
  });
}
