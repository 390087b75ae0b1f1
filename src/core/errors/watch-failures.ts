/** The part of the catalogue that is about saved files which do not get into containers, or are not seen at all. */
export const watchFailures = {
  'sync/stale': {
    exit: 1,
    /** `path` is the first one of them. */
    message: (d: { service: string; files: number; path: string; why: string; hint?: string }) =>
      `Service "${d.service}" is behind by ${toFiles(d.files)}: ${d.path} (${d.why.replace(/\.$/, '')})${toMore(d.files)}.`,
    hint: (d: { service: string; files: number; path: string; why: string; hint?: string }) =>
      d.hint ??
      `They are tried again by themselves. "stack up --build ${d.service}", or R in the dashboard, makes it anew with what is saved.`,
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
  'watch/build-forbidden': {
    exit: 1,
    message: (d: { service: string }) =>
      `Service "${d.service}" has to be built anew for what was saved, and --no-build forbids it.`,
    hint: (d: { service: string }) =>
      `It runs what it had before. "stack up --build ${d.service}" builds it; without --no-build the watch does.`,
  },
} as const

const toFiles = (files: number): string => (files === 1 ? '1 file' : `${files} files`)
const toMore = (files: number): string => (files > 1 ? ` and ${files - 1} more` : '')

const blindness = {
  limit: 'All watches that this machine allows are used up',
  'file-system': 'The file system tells of no changes',
  'asked-for': 'Notices of changes are not used, as was asked for',
} as const
