import type { Paint } from '../../report/paint.ts'
import { describeChecks } from '../../system/doctor/describe-checks.ts'
import { mend, type Mended } from '../../system/doctor/mend.ts'
import { runChecks, toExitCode } from '../../system/doctor/run-checks.ts'

export type DoctorCall = {
  readonly flags: { readonly fix: boolean; readonly json: boolean }
  readonly context: {
    readonly env: Readonly<Record<string, string | undefined>>
    readonly signal: AbortSignal
    readonly stdout: { write(text: string): unknown }
    readonly stderr: { write(text: string): unknown }
    readonly terminal: { readonly paint: { readonly stdout: Paint } }
  }
}

/** `stack doctor`: says what is there and what is missing, each with one command to mend it; with --fix does it. */
export const runDoctor = async ({ flags, context }: DoctorCall): Promise<number> => {
  const { env, signal, stdout, stderr, terminal } = context
  const report = (line: string): void => void stderr.write(`${line} …\n`)
  const { diagnosis, failures }: Mended = flags.fix
    ? await mend({ env, signal, report })
    : { diagnosis: await runChecks(env, { signal }), failures: [] }
  const exitCode = toExitCode(diagnosis)
  if (flags.json) {
    const { checks, engine } = diagnosis
    stdout.write(`${JSON.stringify({ exitCode, engine: engine?.host ?? null, checks, failures })}\n`)
    return exitCode
  }
  stdout.write(describeChecks(diagnosis.checks, { paint: terminal.paint.stdout }))
  for (const failure of failures) stderr.write(`${failure}\n`)
  return exitCode
}
