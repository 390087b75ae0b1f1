/** The part of the catalogue that is about stack files, ignore files, files on their way in an archive, and JSON of others. */
export const fileFailures = {
  'archive/bad-name': {
    exit: 1,
    message: (d: { name: string }) =>
      `The file ${JSON.stringify(d.name)} cannot be passed on: its name would become another one on the way.`,
    hint: () => 'Give it a name in UTF-8, or leave it out with an ignore file.',
  },
  'archive/changed': {
    exit: 1,
    message: (d: { path: string }) => `${d.path} was a file a moment ago, and something else has taken its place.`,
    hint: () => 'Run the command once more when nobody changes the folder.',
  },
  'archive/damaged': {
    exit: 1,
    message: (d: { source: string; why: string }) => `The archive of ${d.source} is damaged: ${d.why}.`,
    hint: () => 'Run the command once more: it may have been damaged on its way.',
  },
  'archive/no-place': {
    exit: 1,
    message: (d: { path: string; why: string }) => `${d.path} cannot be written: ${d.why}.`,
    hint: () => 'Links that are found on the way are not followed. Take away what is there, or copy to another folder.',
  },
  'file/bad-ignore-pattern': {
    exit: 1,
    message: (d: { pattern: string }) => `The ignore pattern ${JSON.stringify(d.pattern)} cannot be read.`,
    hint: () => 'Close what "[" opens, name something after "!" and "\\", or escape these characters with "\\".',
  },
  'file/bad-dockerfile': {
    exit: 1,
    message: (d: { line: number; why: string }) => `Line ${d.line}: ${d.why}.`,
    hint: () => 'With develop.watch rules of its own the service is watched without being understood.',
  },
  'file/not-found': {
    exit: 3,
    message: (d: { looked: string }) => `No stack file was found. Looked for ${d.looked}.`,
    hint: () => 'Change to the folder of the stack file, or name it with -f.',
  },
  'file/invalid': {
    exit: 3,
    message: (d: { count: number }) => `The stack file has ${d.count} ${d.count === 1 ? 'problem' : 'problems'}.`,
  },
  'file/unusable': {
    exit: 1,
    message: (d: { path: string; why: string }) => `The file ${d.path} cannot be read: ${d.why}.`,
    hint: () => 'Correct the path, or what stands there.',
  },
  'object/unreadable-file': {
    exit: 1,
    message: (d: { what: string; file: string; user: string; why: string }) =>
      `The ${d.what} ${d.file} of ${d.user} cannot be read: ${d.why}.`,
    hint: () => 'Create the file, or correct its path.',
  },
  'json/unfit': {
    exit: 1,
    message: (d: { source: string; why: string }) => `What is read from ${d.source} cannot be used: ${d.why}.`,
    hint: () => 'Mend it, or let the program that has written it do so.',
  },
  'state/unwritable': {
    exit: 1,
    message: (d: { folder: string; why: string; project: string; elsewhere?: string; goesOn: boolean }) => {
      const cause = `Stack cannot write to its folder ${d.folder}, because ${d.why}`
      if (d.elsewhere !== undefined) return `${cause}: the lock of project "${d.project}" is held in ${d.elsewhere}.`
      return d.goesOn
        ? `${cause}: nothing keeps another Stack from changing project "${d.project}" at the same time.`
        : `${cause}: it could not keep another Stack from changing project "${d.project}" at the same time, and so did nothing.`
    },
    hint: () => 'Mend that, or name another folder: "export XDG_STATE_HOME=FOLDER".',
  },
} as const
