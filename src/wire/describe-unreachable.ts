/** Why no connection came about, as half a sentence. */
export const describeUnreachable = (error: NodeJS.ErrnoException): string => {
  switch (error.code) {
    case 'ENOENT':
      return error.syscall?.startsWith('spawn') === true
        ? 'the command ssh is not installed'
        : 'the socket does not exist'
    case 'ECONNREFUSED':
      return 'nobody listens there (the engine is not running)'
    case 'EACCES':
    case 'EPERM':
      return 'this user may not open the socket'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known'
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'the host cannot be reached'
    case 'ECONNRESET':
      return 'the connection was closed (does the engine want TLS?)'
    case 'EPROTO':
      return 'it does not speak TLS'
    default:
      return error.message
  }
}
