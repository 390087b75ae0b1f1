/**
 * Whether a link means the same on both sides and stays below the root: it is relative, and on no step of its way is it
 * outside. What leads elsewhere is nobody's to copy.
 */
export const isPortableLink = (path: string, linkTarget: string): boolean => {
  if (path === '' || linkTarget === '' || linkTarget.startsWith('/')) return false
  const at = path.split('/').slice(0, -1)
  for (const part of linkTarget.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') at.push(part)
    else if (at.pop() === undefined) return false
  }
  return !at.includes('.git')
}
