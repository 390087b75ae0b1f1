import type { NullableStringMap, Service } from '../../core/project/service.ts'
import { apiLoginsFolder } from '../../core/project/api-socket.ts'
import { durationToMs } from '../../core/project/units.ts'
import type { ContainerSpec } from '../../engine/ports/container-runtime.ts'
import { isAtLeast, type ApiVersion } from '../connection/negotiate.ts'
import type { BodyFacts } from './body-facts.ts'
import { defined } from './defined.ts'
import { primaryNetwork, toNetworking } from './endpoints.ts'
import { toHealthcheck } from './healthcheck.ts'
import { toHostConfig } from './host-config.ts'
import { toExposedPorts } from './ports.ts'

/** The body of `POST /containers/create`, as Docker Compose sends it. */
export const toContainerBody = (spec: ContainerSpec, facts: BodyFacts): Readonly<Record<string, unknown>> => {
  const { service, oneOff } = spec
  const stopMs = durationToMs(service.stop_grace_period)
  const healthcheck = toHealthcheck(service.healthcheck, facts.api)
  const networking = toNetworking(spec, facts.api)
  const attachesInput = oneOff !== undefined && service.stdin_open === true
  return {
    Image: spec.image,
    Labels: spec.labels,
    Env: toEnvironment({
      ...facts.proxyEnvironment,
      ...(service.use_api_socket === true ? { DOCKER_CONFIG: apiLoginsFolder } : {}),
      ...service.environment,
      ...spec.extraEnvironment,
    }),
    AttachStdin: attachesInput,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: service.stdin_open ?? false,
    StdinOnce: attachesInput,
    Tty: service.tty ?? false,
    ExposedPorts: toExposedPorts(service, { published: oneOff === undefined || oneOff.servicePorts }),
    ...(service.command === null ? {} : { Cmd: service.command }),
    ...(service.entrypoint === null ? {} : { Entrypoint: service.entrypoint }),
    ...defined({
      Hostname: service.hostname,
      Domainname: service.domainname,
      User: service.user,
      WorkingDir: service.working_dir,
      StopSignal: service.stop_signal,
      StopTimeout: stopMs === undefined ? undefined : Math.trunc(stopMs / 1000),
      Healthcheck: healthcheck,
      MacAddress: toMacAddress(service, facts.api),
      NetworkingConfig: networking === undefined ? undefined : { EndpointsConfig: networking.first },
    }),
    HostConfig: toHostConfig(spec, { ...facts, networkMode: networking?.mode }),
  }
}

/** `KEY` alone takes the variable of the image away. */
const toEnvironment = (environment: NullableStringMap): string[] =>
  Object.entries(environment).map(([key, value]) => (value === null ? key : `${key}=${value}`))

/** From API 1.44 on it belongs to the endpoint. */
const toMacAddress = (service: Service, api: ApiVersion): string | undefined => {
  if (isAtLeast(api, 1, 44)) return undefined
  const primary = primaryNetwork(service)
  return service.mac_address ?? (primary === undefined ? undefined : service.networks?.[primary]?.mac_address)
}
