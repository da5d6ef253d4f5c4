import { execFile } from "node:child_process";
import { promisify } from "node:util";

const runFile = promisify(execFile);

/** What one process cost, from its start to its end. */
export interface Measured {
  readonly wallMs: number;
  /** Of the processor, in user and kernel mode. */
  readonly cpuMs: number;
  /** Peak of its resident memory. */
  readonly peakMb: number;
  readonly stdout: string;
}

/** Debian's, which programs of Debian run on. Programs of all kinds are measured by it alike. */
const PYTHON = "/usr/bin/python3";

const METER = `
import json, resource, subprocess, sys, time
started = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)
wall = time.monotonic() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": done.returncode, "wallMs": wall * 1000, "cpuMs": (used.ru_utime + used.ru_stime) * 1000,
  "peakMb": used.ru_maxrss / 1024, "stdout": done.stdout.decode()}))
`;

/**
 * Runs a program to its end, and measures it.
 * @throws {Error} with what it wrote to its standard error: it failed
 */
export async function measuredProcess(
  program: string,
  given: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  const { stdout, stderr } = await runFile(PYTHON, ["-c", METER, program, ...given], options);
  const { code, ...measured } = JSON.parse(stdout) as Measured & { readonly code: number };
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${stderr.slice(-2_000)}`);
  return measured;
}
