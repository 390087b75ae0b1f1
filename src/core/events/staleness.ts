/**
 * The service that a problem makes stale as long as it stands: what runs there is not what was saved here. These problems have the id
 * `sync.SERVICE`, or one that begins so where one service has several: `sync.SERVICE.deletion`.
 */
export const toStaleService = ({
  id,
  service,
}: {
  readonly id: string
  readonly service?: string
}): string | undefined =>
  service !== undefined && (id === `sync.${service}` || id.startsWith(`sync.${service}.`)) ? service : undefined
