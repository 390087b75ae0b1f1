import { Buffer } from 'node:buffer'

/** Base64 of URLs with its padding: without, the engine takes the header for empty and says nothing. */
export const toHeaderValue = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
