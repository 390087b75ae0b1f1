import { describeRuntime } from '../contract/runtime-contract.ts'
import { openRuntime, removeProject, shellImage } from './engine.ts'

describeRuntime(async () => {
  const project = `hb-contract-${process.pid}`
  return {
    runtime: openRuntime(),
    image: shellImage,
    project,
    toCommand: (_service, { writes = [], exitCode }) => [
      'sh',
      '-c',
      [...writes.map((line) => `echo ${line}`), exitCode === undefined ? 'exec sleep 1000' : `exit ${exitCode}`].join(
        '; ',
      ),
    ],
    cleanUp: () => removeProject(project),
  }
})
