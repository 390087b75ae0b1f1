/** Programs of the host that provide a service (`provider:`), as Docker Compose runs them. */
export type Providers = {
  run(
    call: {
      readonly type: string
      /** A provider that does not say in its metadata that it has a `stop` is not called for it. */
      readonly command: 'up' | 'stop' | 'down'
      readonly project: string
      readonly service: string
      readonly options: Readonly<Record<string, unknown>>
      readonly directory?: string
      readonly environment?: Readonly<Record<string, string>>
    },
    options: { readonly signal: AbortSignal; readonly onMessage: (message: ProviderMessage) => void },
  ): Promise<{ readonly exitCode: number }>
}
export type ProviderMessage = {
  readonly kind: 'info' | 'debug' | 'error' | 'setenv' | 'rawsetenv'
  readonly text: string
}
