/**
 * `use_api_socket`: what lets a service work the engine that it runs on, as Docker Compose and `docker run --use-api-socket` do
 * it. The engine knows nothing of it: a bind mount of its socket, and a configuration of Docker's command line that holds
 * the logins of whoever runs us.
 */
export const apiSocketTarget = '/var/run/docker.sock'

/** Value of `DOCKER_CONFIG`, where the service has none of its own. */
export const apiLoginsFolder = '/run/secrets/docker'

export const apiLoginsPath = `${apiLoginsFolder}/config.json`
