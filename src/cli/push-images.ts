import { isStackError } from '../core/errors/stack-error.ts'
import type { Project } from '../core/project/project.ts'
import type { TransferProgress } from '../engine/ports/image-runtime.ts'
import type { CliContext } from './context.ts'
import { printProblems } from './screen/print-failure.ts'
import { toStatusView } from './screen/progress.ts'

type PushOptions = {
  readonly project: Project
  readonly names: readonly string[]
  readonly ignoreFailures: boolean
  readonly quiet: boolean
}

/** Pushes what services with a build and an image name of their own built, all at once. Resolves with the exit code. */
export const pushImages = async (
  context: CliContext,
  { project, names, ignoreFailures, quiet }: PushOptions,
): Promise<number> => {
  const images = [
    ...new Set(
      names.flatMap((name) =>
        project.services[name]?.build !== undefined && project.services[name]?.image !== undefined
          ? [project.services[name]?.image ?? '']
          : [],
      ),
    ),
  ]
  if (context.global['dry-run']) {
    for (const image of images) context.stdout.write(`image ${image}: would be pushed\n`)
    return 0
  }
  const runtime = await context.runtime()
  const isSilent = quiet || context.terminal.progress === 'quiet'
  const status = toStatusView(context)
  const say = (text: string): void => {
    if (!isSilent) status.stderr.write(` ${text}\n`)
  }
  const results = await Promise.allSettled(
    images.map(async (image) => {
      say(`Image ${image}  Pushing`)
      await runtime.pushImage(image, { signal: context.signal, onProgress: createLayerReport(say) })
      say(`Image ${image}  Pushed`)
    }),
  )
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  const unknown = failures.find((failure) => !isStackError(failure))
  if (unknown !== undefined) throw unknown
  const problems = failures.filter(isStackError).map((failure) => failure.toProblem())
  printProblems(
    ignoreFailures ? problems.map((problem) => ({ ...problem, severity: 'warning' as const })) : problems,
    context,
  )
  return problems.length > 0 && !ignoreFailures ? 1 : 0
}

/** One line for each new state of a layer, not for each piece that was sent. */
const createLayerReport = (say: (text: string) => void): ((progress: TransferProgress) => void) => {
  const told = new Map<string, string>()
  return ({ layer, status }) => {
    if (layer === undefined || told.get(layer) === status) return
    told.set(layer, status)
    say(`${layer}  ${status}`)
  }
}
