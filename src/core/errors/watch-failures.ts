/** The part of the catalogue that is about saved files which do not get into containers, or are not seen at all. */
export const watchFailures = {
  'sync/stale': {
    exit: 1,
    /** `path` is the first one of them; `isClosed`: what it is on takes nothing, however often it is tried. */
    message: (d: { service: string; files: number; path: string; why: string; isClosed?: boolean }) =>
      `Service "${d.service}" is behind by ${toFiles(d.files)}: ${d.path} (${d.why.replace(/\.$/, '')})${toMore(d.files)}.`,
    hint: (d: { service: string; files: number; path: string; why: string; isClosed?: boolean }) =>
      d.isClosed === true
        ? 'A volume can be written: name one for this place under "volumes".'
        : `They are tried again by themselves. "stack up --build ${d.service}", or R in the dashboard, makes it anew with what is saved.`,
  },
  'watch/source-gone': {
    exit: 1,
    message: (d: { service: string; source: string }) =>
      `Service "${d.service}" has nothing to follow: ${d.source} is not there any more. Nothing is deleted in its containers.`,
    hint: () => 'The watch goes on by itself when it is back.',
  },
  'watch/mass-deletion': {
    exit: 1,
    message: (d: { service: string; source: string; deleted: number; known: number }) =>
      `Service "${d.service}" keeps ${d.deleted} of ${d.known} files that were deleted at once in ${d.source}, until somebody says that they shall go.`,
    hint: (d: { service: string; source: string; deleted: number; known: number }) =>
      `If that was a mistake, bring them back. If not, say yes where it is asked, or make it anew with what is left: "stack up --build ${d.service}", or R in the dashboard.`,
  },
  'watch/needs-rebuild': {
    exit: 1,
    /** `path` is the first one of them. */
    message: (d: { service: string; files: number; path: string }) =>
      `Service "${d.service}" still has ${toFiles(d.files)} deleted here: ${d.path}${toMore(d.files)}. Its image has no shell that could delete them.`,
    hint: (d: { service: string; files: number; path: string }) =>
      `"stack up --build ${d.service}", or R in the dashboard, makes it anew without them.`,
  },
  'watch/no-tools': {
    exit: 1,
    /** `missing`: tools for want of which the engine puts the files. */
    message: (d: { service: string; isBuilt: boolean; missing: readonly string[]; keepsDeleted: boolean }) =>
      `The image of service "${d.service}" has no ${d.missing.join(', no ')}: the engine puts into it what is saved, and ${
        d.keepsDeleted
          ? 'what is deleted here stays there until it is made anew.'
          : 'for a moment half of a file may be all that is there.'
      }`,
    hint: (d: { service: string; isBuilt: boolean; missing: readonly string[]; keepsDeleted: boolean }) =>
      d.keepsDeleted
        ? `${toRenewal(d)} makes it anew. With a shell in the image what is deleted here goes there at once.`
        : 'With it in the image each file is replaced at once.',
  },
  'watch/read-only': {
    exit: 1,
    /** `mounts`: what the targets are on; `/` for what the image brought. */
    message: (d: { service: string; targets: readonly string[]; mounts: readonly string[] }) =>
      `Nothing that is saved gets into ${toSome(d.targets)} of service "${d.service}": ${
        d.mounts.includes('/') ? 'the container is read-only' : `the mount at ${toSome(d.mounts)} is read-only`
      }.`,
    hint: (d: { service: string; targets: readonly string[]; mounts: readonly string[] }) =>
      d.mounts.includes('/')
        ? `A volume or a tmpfs at ${d.targets[0]} can be written; or leave out "read_only".`
        : 'Leave out "ro" of the mount, or its watch rule.',
  },
  'watch/in-memory': {
    exit: 1,
    message: (d: { service: string; targets: readonly string[] }) =>
      `${toSome(d.targets)} of service "${d.service}" is kept in memory: each start empties it, and what was saved is brought again when the process runs already.`,
    hint: (d: { service: string; targets: readonly string[] }) => `A volume at ${d.targets[0]} keeps it.`,
  },
  'watch/unreachable': {
    exit: 1,
    /** `missing`: a tool of the image with which it could be reached; absent: it has it, and may not write. */
    message: (d: { service: string; targets: readonly string[]; missing: string | undefined }) =>
      `Nothing that is saved gets into ${toSome(d.targets)} of service "${d.service}": it is kept in memory, where the engine puts nothing, and ${
        d.missing === undefined ? 'nobody in the container may write it' : `the image has no ${d.missing}`
      }.`,
    hint: (d: { service: string; targets: readonly string[]; missing: string | undefined }) =>
      `Put a volume at ${d.targets[0]} in place of the tmpfs${d.missing === undefined ? '' : ', or use an image with a shell and tar'}.`,
  },
  'watch/older-here': {
    exit: 1,
    /** `path` is the first one of them, in the container. */
    message: (d: { service: string; files: number; path: string }) =>
      `Service "${d.service}" runs without ${toFiles(d.files)} as saved here: ${d.path}${toMore(d.files)}. Its image, or a volume of it, has others and is newer than they are.`,
    hint: (d: { service: string; files: number; path: string }) =>
      `"stack up --build ${d.service}", or R in the dashboard, makes it anew with what is here; saving one of them brings that one.`,
  },
  'watch/uncovered': {
    exit: 1,
    message: (d: { path: string }) => `${d.path} was changed, and no watch rule covers it.`,
    hint: (d: { path: string }) => `"stack watch --explain ${d.path}" says what is watched and why.`,
  },
  'watch/blind': {
    exit: 1,
    message: (d: { why: 'limit' | 'file-system' | 'asked-for' }) =>
      `${blindness[d.why]}: files are looked at again and again instead, and a change is seen later.`,
    hint: (d: { why: 'limit' | 'file-system' | 'asked-for' }) =>
      d.why === 'limit'
        ? '"sudo sysctl fs.inotify.max_user_watches=1048576" allows more; in a file of /etc/sysctl.d it stays so. Then begin anew.'
        : d.why === 'file-system'
          ? 'A project on a file system of this machine itself is followed at once.'
          : undefined,
  },
  'watch/stopped': {
    exit: 1,
    message: (d: { service: string }) =>
      `Service "${d.service}" was stopped, and is built anew for what was saved when it is started.`,
  },
  'watch/build-forbidden': {
    exit: 1,
    message: (d: { service: string }) =>
      `Service "${d.service}" has to be built anew for what was saved, and --no-build forbids it.`,
    hint: (d: { service: string }) =>
      `It runs what it had before. "stack up --build ${d.service}" builds it; without --no-build the watch does.`,
  },
} as const

const toRenewal = (d: { service: string; isBuilt: boolean }): string =>
  `"stack up --${d.isBuilt ? 'build' : 'force-recreate'} ${d.service}", or R in the dashboard,`
const toSome = ([first = '', ...more]: readonly string[]): string =>
  more.length === 0 ? first : more.length === 1 ? `${first} and ${more[0]}` : `${first} and ${more.length} more`
const toFiles = (files: number): string => (files === 1 ? '1 file' : `${files} files`)
const toMore = (files: number): string => (files > 1 ? ` and ${files - 1} more` : '')

const blindness = {
  limit: 'All watches that this machine allows are used up',
  'file-system': 'The file system tells of no changes',
  'asked-for': 'Notices of changes are not used, as was asked for',
} as const
