import { Buffer } from 'node:buffer'
import * as z from 'zod/mini'
import { parseForeignJson } from '../../wire/foreign-json.ts'

const pathStat = z.object({
  name: z.string(),
  size: z.number(),
  mode: z.number(),
  linkTarget: z._default(z.string(), ''),
})

/**
 * The header `X-Docker-Container-Path-Stat` of an archive, which tells of `path`. The mode has Go's bits for a folder and
 * for a symbolic link.
 */
export const parsePathStat = (header: string, path: string): z.infer<typeof pathStat> =>
  parseForeignJson(pathStat, Buffer.from(header, 'base64').toString('utf8'), `what the engine says of ${path}`)
