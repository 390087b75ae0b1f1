import { nameOf } from './paths.ts'

// What editors and tools write beside a file while they save it: JetBrains, vim, emacs, kate, Go's umask test.
const editorFile = /^(?:___jb_.*|4913|.*~|\.#.*|#.*#|\..*\.sw[pxon]|\.kate-swp|.*\.kate-swp|.*-go-tmp-umask)$/

/** Files that are nobody's work: left out of every rule. */
export const isEditorFile = (path: string): boolean => editorFile.test(nameOf(path))
/** Folders that are nobody's work: not even watched. */
export const isToolFolder = (path: string): boolean => /(?:^|\/)(?:\.git|\.idea)(?:\/|$)/.test(path)
