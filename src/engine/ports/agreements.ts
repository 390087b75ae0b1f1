/**
 * Keeps what two sides last had in common over the end of a watch. What is lost of it costs no file: both sides meet as if for
 * the first time.
 */
export type Agreements = {
  /** Undefined where nothing is kept by this name, or it cannot be read. */
  load(name: string): Promise<string | undefined>
  /** Never rejects: what cannot be kept is not kept. */
  keep(name: string, text: string): Promise<void>
}
