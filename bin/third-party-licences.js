// The licences of what is bundled. What counts is what has bytes in the bundle, by esbuild's own account, and no list
// of dependencies: most of what is installed to build Stack is no part of it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Licences whose only demand on who hands the code on is that their text goes with it. Another one needs a decision. */
const allowed = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']

const header = `Stack holds code of the packages below, joined into one program and without the parts that it does not use
(bin/build.js in its source says which of their modules are replaced). Each is under its own licence:
`

/**
 * The text that goes with the bundle: every package with its version and licence, and the texts of the licences.
 * A package without a text of its own takes the one of its name in `bin/licences`.
 * @throws where a text is missing, or a licence is not among the allowed ones: all of them in one message
 */
export const collectLicences = ({ outputs }, root) => {
  const problems = []
  const namesByText = new Map()
  const files = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const folders = new Set(
    files.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? toPackageFolder(file) : [])),
  )
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    if (!isAllowed(license))
      problems.push(`${name} ${version}: the licence ${JSON.stringify(license)} is not allowed yet`)
    const text = readTexts(join(root, folder)) ?? readText(join(root, 'bin', 'licences', `${name}.txt`))
    if (text === undefined) problems.push(`${name} ${version}: no licence text; write it to bin/licences/${name}.txt`)
    else namesByText.set(text, (namesByText.get(text) ?? new Set()).add(`${name} ${version} (${license})`))
  }
  if (problems.length > 0) throw new Error(`Not everything that is bundled may be handed on:\n${problems.join('\n')}`)
  const told = [...namesByText].map(([text, names]) => `${[...names].toSorted(byText).join('\n')}\n\n${text}\n`)
  return [header, ...told.toSorted(byText)].join(`\n${'-'.repeat(80)}\n\n`)
}

const byText = (a, b) => (a < b ? -1 : 1)

/** `node_modules/a/node_modules/@b/c/lib/d.js` → `node_modules/a/node_modules/@b/c`; nothing for what is ours. */
const toPackageFolder = (file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? []

/** An SPDX expression, all of whose licences are allowed. */
const isAllowed = (license) =>
  typeof license === 'string' &&
  license
    .replaceAll(/[()]/g, '')
    .split(/ (?:AND|OR) /)
    .every((id) => allowed.includes(id))

/** What a package brings along: its licence, and its notice where it has one. */
const readTexts = (folder) => {
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)\b/i.test(file))
    .toSorted()
  if (!files.some((file) => !/^notice/i.test(file))) return undefined
  return files.map((file) => readText(join(folder, file))).join('\n\n')
}

const readText = (file) => (existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim() : undefined)
