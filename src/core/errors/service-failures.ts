import { type CrashLoop, toCrashText } from '../events/crash.ts'

/** The part of the catalogue that is about what runs: models, providers, services, and files on their way into them. */
export const serviceFailures = {
  'model/failed': {
    exit: 1,
    message: (d: { model: string; why: string }) => `The model "${d.model}" cannot be provided: ${d.why}`,
  },
  'model/unavailable': {
    exit: 1,
    message: (d: { model: string }) =>
      `A service uses the model "${d.model}", and the program that serves models is not installed here.`,
    hint: () => 'Install Docker Model Runner, whose Docker CLI plugin is called "docker-model".',
  },
  'provider/failed': {
    exit: 1,
    message: (d: { service: string; type: string; why: string }) =>
      `The provider "${d.type}" of service "${d.service}" failed: ${d.why}`,
  },
  'provider/unavailable': {
    exit: 1,
    message: (d: { service: string; type: string }) =>
      `Service "${d.service}" wants the provider "${d.type}", which is not installed here.`,
    hint: (d: { service: string; type: string }) =>
      `Install the Docker CLI plugin "docker-${d.type}", or a program "${d.type}" on the PATH.`,
  },
  'service/crash-looping': {
    exit: 1,
    message: (d: { service: string; crash: CrashLoop }) =>
      `Service "${d.service}" is crash-looping: ${toCrashText(d.crash)}`,
    hint: (d: { service: string; crash: CrashLoop }) =>
      `"stack logs ${d.service}" shows what it wrote, "stack stop ${d.service}" keeps it from being started again.`,
  },
  'service/disappeared': {
    exit: 1,
    message: (d: { service: string; container: string }) =>
      `The container ${d.container} of service "${d.service}" was removed while it was waited for.`,
  },
  'service/exited': {
    exit: 1,
    message: (d: { service: string; container: string; exitCode: number; why: string; logs: string }) =>
      `${d.container} exited with code ${d.exitCode} while it was starting${d.why === '' ? '' : ` (${d.why})`}.${d.logs === '' ? '' : `\nIts last lines:\n${d.logs}`}`,
  },
  'service/fallen': {
    exit: 1,
    message: (d: { service: string }) => `Service "${d.service}" was ready, and does not stay up.`,
    hint: (d: { service: string }) => `"stack logs ${d.service}" shows what it wrote.`,
  },
  'service/no-healthcheck': {
    exit: 1,
    message: (d: { service: string }) =>
      `Something waits for service "${d.service}" to be healthy, but it has no healthcheck.`,
    hint: (d: { service: string }) => `Give "${d.service}" a healthcheck, or wait with "condition: service_started".`,
  },
  'service/not-completed': {
    exit: 1,
    message: (d: { service: string; container: string; exitCode: number; why: string; logs: string }) =>
      `Service "${d.service}" didn't complete successfully: exit ${d.exitCode}${d.why === '' ? '' : ` (${d.why})`}.${d.logs === '' ? '' : `\nThe last lines of ${d.container}:\n${d.logs}`}`,
  },
  'service/unhealthy': {
    exit: 1,
    message: (d: { service: string; container: string; probe: string; logs: string }) =>
      `${d.container} is unhealthy${d.probe === '' ? '' : `; its healthcheck said: ${d.probe}`}.${d.logs === '' ? '' : `\nIts last lines:\n${d.logs}`}`,
  },
  'service/wait-timeout': {
    exit: 1,
    message: (d: { service: string; seconds: number; note: string }) =>
      `Service "${d.service}" is not ready after ${d.seconds} s: ${d.note}.`,
  },
  'sync/failed': {
    exit: 1,
    message: (d: { service: string; what: string; why: string }) =>
      `Service "${d.service}" could not be ${d.what} after a change of its files: ${d.why}`,
    hint: () => 'It runs what it had before. The change is tried again with the next one.',
  },
} as const
