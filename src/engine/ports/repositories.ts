/** Git repositories that builds are made from, through the installed git. */
export type Repositories = {
  /** What a ref is now, checked out with its submodules. Nobody changes the folder, and it stays for a day at least. */
  checkOut(wanted: WantedCheckout, options: { readonly signal: AbortSignal }): Promise<GitCheckout>
  /** The path of a folder of the repository. @throws `git/outside`, `git/no-folder` */
  findFolder(checkout: GitCheckout, wanted: WantedFolder): Promise<string>
}
export type WantedFolder = {
  readonly url: string
  readonly folder: string
  /** What is read of it on this machine, by path from the folder: it must not lead out of the repository either. */
  readonly reads?: readonly string[]
}
export type WantedCheckout = {
  readonly url: string
  /** A branch, a tag or a full commit id; absent: what the repository has checked out. */
  readonly ref: string | undefined
  /** Leaves `.git` in it. */
  readonly keepGitDirectory: boolean
}
export type GitCheckout = { /** Absolute. */ readonly root: string; readonly commit: string }
