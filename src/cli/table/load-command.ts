import type { Run } from './command-spec.ts'

/** The code of each command, loaded when it runs: what one command needs, the others do not pay for. */
const loaders: Readonly<Record<string, () => Promise<unknown>>> = {
  attach: async () => (await import('../commands/attach.ts')).runAttach,
  build: async () => (await import('../commands/build.ts')).runBuild,
  commit: async () => (await import('../commands/commit.ts')).runCommit,
  completion: async () => (await import('../commands/completion.ts')).runCompletion,
  config: async () => (await import('../commands/config.ts')).runConfig,
  cp: async () => (await import('../commands/cp.ts')).runCp,
  create: async () => (await import('../commands/create.ts')).runCreate,
  doctor: async () => (await import('../commands/doctor.ts')).runDoctor,
  down: async () => (await import('../commands/down.ts')).runDown,
  events: async () => (await import('../commands/events.ts')).runEvents,
  exec: async () => (await import('../commands/exec.ts')).runExec,
  export: async () => (await import('../commands/export.ts')).runExport,
  images: async () => (await import('../commands/images.ts')).runImages,
  kill: async () => (await import('../commands/kill.ts')).runKill,
  logs: async () => (await import('../commands/logs.ts')).runLogs,
  ls: async () => (await import('../commands/ls.ts')).runLs,
  pause: async () => (await import('../commands/pause.ts')).runPause,
  plan: async () => (await import('../commands/plan.ts')).runPlan,
  port: async () => (await import('../commands/port.ts')).runPort,
  ps: async () => (await import('../commands/ps.ts')).runPs,
  pull: async () => (await import('../commands/pull.ts')).runPull,
  push: async () => (await import('../commands/push.ts')).runPush,
  restart: async () => (await import('../commands/restart.ts')).runRestart,
  rm: async () => (await import('../commands/rm.ts')).runRm,
  run: async () => (await import('../commands/run.ts')).runRun,
  scale: async () => (await import('../commands/scale.ts')).runScale,
  start: async () => (await import('../commands/start.ts')).runStart,
  stats: async () => (await import('../commands/stats.ts')).runStats,
  stop: async () => (await import('../commands/stop.ts')).runStop,
  top: async () => (await import('../commands/top.ts')).runTop,
  unpause: async () => (await import('../commands/pause.ts')).runUnpause,
  up: async () => (await import('../commands/up.ts')).runUp,
  version: async () => (await import('../commands/version.ts')).runVersion,
  volumes: async () => (await import('../commands/volumes.ts')).runVolumes,
  wait: async () => (await import('../commands/wait.ts')).runWait,
  watch: async () => (await import('../commands/watch.ts')).runWatch,
}

/** A command gets the values of its own flags, which the table says and the compiler cannot see here. */
export const loadCommand = async (name: string): Promise<Run> => (await loaders[name]?.()) as Run
