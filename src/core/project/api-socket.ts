import type { Service } from './service.ts'

/**
 * `use_api_socket`: what lets a service work the engine that it runs on, as Docker Compose and `docker run --use-api-socket` do
 * it. The engine knows nothing of it: a bind mount of its socket, and a configuration of Docker's command line that holds
 * the logins of whoever runs us.
 */
export const apiSocketTarget = '/var/run/docker.sock'

/** Value of `DOCKER_CONFIG`, where the service has none of its own. */
export const apiLoginsFolder = '/run/secrets/docker'

export const apiLoginsPath = `${apiLoginsFolder}/config.json`

/** The service as Docker Compose sees it when it makes a hash of it: with the mount, the variable and the file that it adds. */
export const withApiSocket = (service: Service, socketPath: string | undefined): Service =>
  service.use_api_socket !== true || socketPath === undefined
    ? service
    : {
        ...service,
        volumes: [...(service.volumes ?? []), { type: 'bind', source: socketPath, target: apiSocketTarget }],
        // Written in the order of the names, and that is how it is hashed.
        environment: Object.fromEntries(
          Object.entries({ DOCKER_CONFIG: apiLoginsFolder, ...service.environment }).sort(([a], [b]) =>
            a < b ? -1 : 1,
          ),
        ),
        configs: [...(service.configs ?? []), { source: '#apisocket', target: apiLoginsPath }],
      }
