/** Whether a text is an IPv4 or IPv6 address as Go's `net.ParseIP` reads them: no zone, no leading zeros, no brackets. */
export const isIpAddress = (text: string): boolean => (text.includes(':') ? isIpv6(text) : isIpv4(text))

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

const isIpv6 = (text: string): boolean => {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const [head = '', tail] = halves
  const groups = [...splitGroups(head), ...splitGroups(tail ?? '')]
  const last = groups.at(-1)
  const hasIpv4 = last !== undefined && last.includes('.') && (tail === undefined || tail !== '')
  if (hasIpv4 && !isIpv4(last)) return false
  const plain = hasIpv4 ? groups.slice(0, -1) : groups
  if (!plain.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false
  const count = plain.length + (hasIpv4 ? 2 : 0)
  return tail === undefined ? count === 8 : count < 8
}

const splitGroups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'))
