import { execFileSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join, normalize } from 'node:path'

export type Repository = {
  readonly path: string
  readonly url: string
  git(...words: readonly string[]): string
  /** Writes files and commits everything. @returns the id of the commit */
  commit(files: Readonly<Record<string, string>>): Promise<string>
}

/** A repository of its own, made by the installed git, on branch `main`. */
export const makeRepository = async (path: string): Promise<Repository> => {
  await mkdir(path, { recursive: true })
  const settings = [
    'user.name=a',
    'user.email=a@example.com',
    'init.defaultBranch=main',
    'protocol.file.allow=always',
    'commit.gpgSign=false',
  ].flatMap((one) => ['-c', one])
  const git: Repository['git'] = (...words) =>
    execFileSync('git', [...settings, ...words], { cwd: path, encoding: 'utf8' }).trim()
  git('init', '-q')
  return {
    path,
    url: `file://${path}`,
    git,
    commit: async (files) => {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true })
        await writeFile(join(path, name), text)
      }
      git('add', '.')
      git('commit', '-q', '--allow-empty', '-m', 'change')
      return git('rev-parse', 'HEAD')
    },
  }
}

/** Plain files of a folder over HTTP on the loopback address: all that a bare repository needs after `git update-server-info`. */
export const serveFolder = async (root: string): Promise<{ readonly url: string; close(): void }> => {
  const server = createServer((request, response) => {
    const path = join(root, normalize(new URL(request.url ?? '/', 'http://server').pathname))
    stat(path).then(
      (found) => {
        if (!found.isFile()) return response.writeHead(404).end()
        response.writeHead(200, { 'content-length': found.size })
        return createReadStream(path).pipe(response)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
