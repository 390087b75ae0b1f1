import type { CommandGroup, CommandSpec } from './command-spec.ts'
import {
  attachCommand,
  commitCommand,
  cpCommand,
  debugCommand,
  execCommand,
  exportCommand,
  pauseCommand,
  runCommand,
  unpauseCommand,
  waitCommand,
} from './container-commands.ts'
import {
  createCommand,
  downCommand,
  killCommand,
  planCommand,
  restartCommand,
  rmCommand,
  scaleCommand,
  startCommand,
  stopCommand,
  upCommand,
  watchCommand,
} from './lifecycle-commands.ts'
import {
  configCommand,
  eventsCommand,
  imagesCommand,
  logsCommand,
  lsCommand,
  portCommand,
  psCommand,
  statsCommand,
  topCommand,
  uiCommand,
  volumesCommand,
} from './look-commands.ts'
import {
  buildCommand,
  completionCommand,
  doctorCommand,
  pullCommand,
  pushCommand,
  versionCommand,
} from './other-commands.ts'

export const commandGroups: readonly CommandGroup[] = ['Everyday', 'Look', 'Containers', 'Images', 'Stack itself']

/** Every command, within its group in the order in which the help lists it. */
export const commands: readonly CommandSpec[] = [
  upCommand,
  uiCommand,
  downCommand,
  logsCommand,
  execCommand,
  planCommand,
  restartCommand,
  stopCommand,
  startCommand,
  watchCommand,
  psCommand,
  configCommand,
  topCommand,
  statsCommand,
  portCommand,
  eventsCommand,
  imagesCommand,
  volumesCommand,
  lsCommand,
  runCommand,
  createCommand,
  scaleCommand,
  killCommand,
  rmCommand,
  pauseCommand,
  unpauseCommand,
  waitCommand,
  attachCommand,
  debugCommand,
  cpCommand,
  commitCommand,
  exportCommand,
  buildCommand,
  pullCommand,
  pushCommand,
  doctorCommand,
  versionCommand,
  completionCommand,
]

/** Commands of Docker Compose that are not here; it does them with the same stack file. */
export const notBuilt: ReadonlySet<string> = new Set(['alpha', 'bridge', 'publish'])

export const findCommand = (name: string): CommandSpec | undefined =>
  commands.find((command) => command.name === name || command.aliases?.includes(name) === true)
