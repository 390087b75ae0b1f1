/** What engines say while they are busy with an object or with themselves. No name of an object holds a blank. */
const phrases =
  /\b(?:device or resource busy|temporarily unavailable|try again|context deadline exceeded|too many requests|TLS handshake timeout|i\/o timeout|connection reset|already in progress|is being removed|marked for removal)\b/i

/** A word that could be a name counts only where it closes the sentence, as the root of a chain of Go's errors does. */
const closing = /(?:^|: )(?:unexpected )?EOF$/

/**
 * containerd still puts away what it began for an engine that was killed meanwhile: the folder of that start goes with it,
 * and what runc knows of it. The sentence is looked at as a whole, as the path tells whose folder it is.
 */
const halfStarted =
  /\bmkdir \S*\/io\.containerd\.runtime\.v\d\.task\/\S+: file exists\b|\brunc create failed: container with given ID already exists\b/

const quoted = /"[^"]*"|'[^']*'|`[^`]*`/g

/** Whether an engine that was killed has left something that takes seconds to be put away. */
export const isHalfStarted = (why: string): boolean => halfStarted.test(why)

/** Whether a sentence of an engine tells a failure of the moment. Names, paths and commands in it do not count. */
export const isPassingReason = (why: string): boolean => {
  const bare = why.replaceAll(quoted, '""').trim()
  return phrases.test(bare) || closing.test(bare) || halfStarted.test(bare)
}
