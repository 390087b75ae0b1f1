import type { Environment } from '../../engine/ports/environment.ts'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What decides how an engine gets onto this machine. */
export type Machine = {
  readonly platform: NodeJS.Platform
  /** `ID` and `ID_LIKE` of os-release: `debian`, `ubuntu debian`. */
  readonly distribution: readonly string[]
  readonly root: boolean
  readonly systemd: boolean
  /** Path of the engine's program, where it is installed. */
  readonly dockerd: string | undefined
}

export const readMachine = (env: Environment): Machine => ({
  platform: process.platform,
  distribution: existsSync('/etc/os-release') ? parseDistribution(readFileSync('/etc/os-release', 'utf8')) : [],
  root: process.getuid?.() === 0,
  systemd: existsSync('/run/systemd/system'),
  dockerd: findProgram('dockerd', env),
})

export const parseDistribution = (osRelease: string): readonly string[] => {
  const values = [...osRelease.matchAll(/^ID(?:_LIKE)?=["']?([^"'\n]*)/gm)].map(([, value = '']) => value)
  return [...new Set(values.flatMap((value) => value.split(' ')).filter((value) => value !== ''))]
}

/** The system folders count too: a user's PATH has them not always. */
export const findProgram = (name: string, env: Environment): string | undefined => {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export const isDebian = ({ distribution }: Machine): boolean =>
  distribution.includes('debian') || distribution.includes('ubuntu')

/** The one command that brings an engine onto, or to life on, a machine like this. */
export const suggestEngineFix = (machine: Machine): string => {
  const sudo = machine.root ? '' : 'sudo '
  if (machine.platform === 'darwin') return 'brew install colima docker && colima start'
  if (machine.platform === 'win32') return 'winget install Docker.DockerDesktop'
  if (machine.dockerd !== undefined)
    return machine.systemd ? `${sudo}systemctl start docker` : `${sudo}stack doctor --fix`
  if (isDebian(machine)) return machine.root ? 'stack doctor --fix' : 'sudo apt-get install -y docker.io'
  if (machine.distribution.includes('fedora'))
    return `${sudo}dnf install -y moby-engine && ${sudo}systemctl start docker`
  if (machine.distribution.includes('arch'))
    return `${sudo}pacman -S --noconfirm docker && ${sudo}systemctl start docker`
  if (machine.distribution.includes('alpine')) return `${sudo}apk add docker && ${sudo}rc-service docker start`
  if (machine.distribution.some((name) => name.includes('suse')))
    return `${sudo}zypper install -y docker && ${sudo}systemctl start docker`
  return 'Install Docker Engine as https://docs.docker.com/engine/install/ says'
}
