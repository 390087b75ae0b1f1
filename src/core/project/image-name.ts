const part = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const host =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/
const tagPattern = /^\w[\w.-]{0,127}$/
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/
const longest = 600

/** Whether an engine can take a text for the name of an image: `host:5000/name:tag@sha256:…` (distribution/reference). */
export const isImageName = (text: string): boolean => {
  if (text.length > longest) return false
  const at = text.indexOf('@')
  if (at !== -1 && !digestPattern.test(text.slice(at + 1))) return false
  const named = at === -1 ? text : text.slice(0, at)
  const slash = named.lastIndexOf('/')
  const colon = named.indexOf(':', slash + 1)
  if (colon !== -1 && !tagPattern.test(named.slice(colon + 1))) return false
  const parts = (colon === -1 ? named : named.slice(0, colon)).split('/')
  const [first = ''] = parts
  const hasHost = parts.length > 1 && (/[.:A-Z[]/.test(first) || first === 'localhost')
  return (!hasHost || host.test(first)) && (hasHost ? parts.slice(1) : parts).every((one) => part.test(one))
}
