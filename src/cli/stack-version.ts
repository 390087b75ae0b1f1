/** Written into the bundle when it is made. */
export const stackVersion: string = process.env['STACK_VERSION'] ?? '0.0.0-source'
