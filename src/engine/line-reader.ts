/** Cuts a stream of bytes into lines. Bytes of a character that is cut in two wait for the rest of it. */
export const createLineReader = (
  onLines: (lines: readonly string[]) => void,
): { write(data: Uint8Array): void; end(): void } => {
  const decoder = new TextDecoder()
  let rest = ''
  return {
    write: (data) => {
      const parts = (rest + decoder.decode(data, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      if (parts.length > 0) onLines(parts.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)))
    },
    end: () => {
      const last = rest + decoder.decode()
      rest = ''
      if (last !== '') onLines([last])
    },
  }
}
