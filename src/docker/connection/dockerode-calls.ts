import Docker from 'dockerode'

/** What our modem reads of a call's options: `_query` goes into the URL, nothing else does. */
export type DialOptions = { readonly _query: object; readonly abortSignal?: AbortSignal }

type Call = (options: DialOptions) => Promise<unknown>

/** dockerode as far as it is used, with the options that our modem reads; its own types know neither these nor newer APIs. */
export type DockerodeCalls = {
  getContainer(
    id: string,
  ): Readonly<
    Record<
      'inspect' | 'start' | 'stop' | 'kill' | 'restart' | 'remove' | 'rename' | 'pause' | 'unpause' | 'top' | 'resize',
      Call
    >
  >
  getExec(id: string): { readonly resize: Call }
  getNetwork(id: string): Readonly<Record<'inspect' | 'remove', Call>>
  getVolume(name: string): { readonly inspect: Call }
  getImage(name: string): Readonly<Record<'inspect' | 'tag' | 'remove', Call>>
  readonly listNetworks: Call
  readonly listVolumes: Call
  readonly listImages: Call
}

export const createDockerode = (modem: object): DockerodeCalls =>
  new Docker({ modem } as never) as unknown as DockerodeCalls

export const withSignal = (signal: AbortSignal | undefined, query: object = {}): DialOptions => ({
  _query: query,
  ...(signal === undefined ? {} : { abortSignal: signal }),
})
