/** Files of one tree; every set of patterns below is asked about each of them. */
export const ignoredTree: readonly string[] = [
  'a', 'b.txt', 'c', 'abc', 'abcd.txt', '.env', '.hidden/x', 'a+b', 'a(b)', 'a^b', 'a{b}', 'a|b', 'a$b', 'a.b', 'axb',
  'a*b', 'a[b', 'a]b', 'ä', 'ab☺', 'dir/a', 'dir/b.txt', 'dir/sub/a', 'dir/sub/b.txt', 'dir/sub/deep/package.json',
  'dir2/a', 'docs/README.md', 'docs/guide/README.md', 'docs/guide/x.md', 'node_modules/p/index.js',
  'node_modules/p/package.json', 'package.json', 'src/index.ts', 'src/index.test.ts', 'src/lib/util.ts', 'x/y/z/w.log',
  'x/y.log', 'x.log', 'X.LOG', 'target', 'foo/x', 'foo/bar/x', 'with space', 'tail~', '#note', '!mark', '-dash', 'bar.foo',
] // prettier-ignore

/** Sets of patterns, as lines of an ignore file. */
export const ignoredSets: readonly (readonly string[])[] = [
  [], ['*'], ['**'], ['**/'], ['*/'], ['.'], ['/'], ['./'], ['a'], ['/a'], ['./a'], ['a/'], ['a/.'], ['dir'], ['dir/'],
  ['/dir/'], ['dir/*'], ['dir/**'], ['dir/**/'], ['dir/*/*'], ['dir/a'], ['dir//a'], ['dir/../a'], ['../a'],
  ['dir/./sub'], ['*.txt'], ['*/*.txt'], ['**/*.txt'], ['**.txt'], ['*.*'], ['?'], ['??'], ['???'], ['?.txt'], ['a?b'],
  ['a*b'], ['a\\*b'], ['a\\?b'], ['a+b'], ['a(b)'], ['a^b'], ['a^*'], ['a{b}'], ['a|b'], ['a$b'], ['a.b'], ['a[+]b'],
  ['a[.]b'], ['a[^+]b'], ['a[*-+]b'], ['a[x-z]b'], ['a\\[b'], ['a]b'], ['a[]]b'.replace('[]]', '[\\]]')],
  ['[a-c]'], ['[^a-c]'], ['[!a]'], ['[ä]'], ['[a-ζ]'], ['ä'], ['?b☺'], ['ab?'], ['.*'], ['**/.*'], ['.hidden'],
  ['**/a'], ['**a'], ['**c'], ['**b.txt'], ['a**'], ['a**b'], ['d**'], ['d**a'], ['d**/a'], ['**/sub'], ['**/sub/*'],
  ['**/sub/**'], ['**/**'], ['**/**/a'], ['**/dir'], ['*/a'], ['*/*/a'], ['*/sub'], ['di?'], ['di[r]'], ['dir*'],
  ['dir*/a'], ['**/dir*/a'], ['**/*.md'], ['docs/**/*.md'], ['docs/**/README.md'], ['docs/**/guide'], ['**/y'],
  ['**/y.log'], ['x/**/w.log'], ['x/**/*.log'], ['x.log'], ['X.LOG'], ['*.LOG'], ['node_modules'], ['**/node_modules'],
  ['node_modules/*/index.js'], ['with space'], ['with\\ space'], ['with*'], ['tail~'], ['*~'], ['\\#note'], ['\\!mark'],
  ['-dash'], ['foo'], ['**/.foo'], ['**.foo'], ['*.foo'],
  ['*', '!a'], ['*', '!a', 'a'], ['!a', '*'], ['!a'], ['*', '!dir'], ['*', '!dir/'], ['*', '!dir/a'],
  ['*', '!dir/sub/a'], ['*', '!dir/*'], ['*', '!dir/**'], ['*', '!*/a'], ['*', '!**/a'], ['*', '!**/package.json'],
  ['**', '!**/package.json'], ['**', '!**/*.ts', '**/*.test.ts'], ['*', '!src', 'src/lib'], ['*', '!src/**/*.ts'],
  ['*', '!**.ts'], ['dir', '!dir/sub'], ['dir', '!dir/sub/b.txt'], ['dir/', '!dir/sub/'], ['dir/*', '!dir/a'],
  ['dir/**', '!dir/sub/a'], ['dir/sub', '!dir'], ['foo/bar', '!foo'], ['foo/x', '!foo'], ['foo/bar/x', '!foo/bar'],
  ['foo', '!foo/bar', 'foo/bar/x'], ['docs', '!docs/**/README.md'], ['**/*.md', '!README.md'],
  ['**/*.md', '!docs/README.md'], ['*.log', '!x.log'], ['**/*.log', '!x/**/w.log'], ['node_modules', '!**/package.json'],
  ['node_modules', '!node_modules/p'], ['a*', '!ab*', 'abc*'], ['*', '!a+b'], ['*', '!a(b)'], ['*', '!.*'],
  ['*', '!di?/a'], ['*', '!di[r]/sub'], ['*', '!d**/deep'], ['**/sub', '!dir/sub/deep'], ['/*', '!/dir'], ['*', '!../a'],
] // prettier-ignore
