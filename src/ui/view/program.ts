/** A program that has the terminal for itself while the dashboard steps aside. */
export type Program =
  | { readonly kind: 'shell' | 'attach' | 'debug'; readonly service: string }
  | { readonly kind: 'exec'; readonly service: string; readonly command: readonly string[] }

/** What is run for it, without the name of the tool. No signal of the terminal's ends what the service does. */
export const toProgramWords = (program: Program, shell: string): readonly string[] => {
  switch (program.kind) {
    case 'shell':
      return ['exec', program.service, shell]
    case 'attach':
      return ['attach', '--sig-proxy=false', program.service]
    case 'debug':
      return ['debug', program.service]
    case 'exec':
      return ['exec', program.service, ...program.command]
  }
}
