import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EngineApi } from './engine-api.ts'
import type { Finished } from './tool.ts'

export const artifactsFolder = fileURLToPath(new URL('../.artifacts', import.meta.url))

interface Evidence {
  readonly engine: EngineApi
  readonly project: string
  readonly folder: string
  readonly intent: string
  readonly error: Error
  readonly commands: readonly Finished[]
}

/** Keeps what is needed to understand a failure without a second run, and answers with the folder that holds it. */
export const saveArtifacts = async ({
  engine,
  project,
  folder,
  intent,
  error,
  commands,
}: Evidence): Promise<string> => {
  const target = join(artifactsFolder, project)
  await mkdir(target, { recursive: true })
  await cp(folder, join(target, 'folder'), { recursive: true }).catch(() => undefined)
  const told = commands.map(({ command, code, milliseconds, stdout, stderr }) =>
    [`$ ${command}   (exit ${code}, ${Math.round(milliseconds)} ms)`, '--- stdout', stdout, '--- stderr', stderr].join(
      '\n',
    ),
  )
  await writeFile(join(target, 'failure.txt'), [intent, '', error.message, '', ...told].join('\n'))
  const containers = await engine.containers(project).catch(() => [])
  await writeFile(join(target, 'containers.json'), JSON.stringify(containers, null, 2))
  for (const { Id, Name } of containers) {
    const logs = await engine.logs(Id).catch(() => ({ stdout: '', stderr: 'no logs can be read' }))
    await writeFile(join(target, `${Name.slice(1)}.log`), `${logs.stdout}\n--- stderr\n${logs.stderr}`)
  }
  return target
}
