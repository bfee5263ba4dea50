import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { RAW_DIFF, parseRawDiff, patchDigest } from './patch-digest.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-patch-'))
  git('init', '--quiet', '--template=')
})
after(() => rmSync(folder, { recursive: true }))

function git(...args: string[]): Buffer {
  const who = ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.com']
  return execFileSync('git', ['-C', folder, ...who, ...args], { env: { PATH: process.env['PATH'], HOME: folder } })
}

/** Commits these files alone. Returns the commit. */
function commit(message: string, files: Record<string, string>, on?: string): string {
  git('read-tree', ...(on === undefined ? ['--empty'] : [on]))
  for (const [path, content] of Object.entries(files)) {
    writeFileSync(join(folder, 'content'), content)
    const oid = git('hash-object', '-w', 'content').toString().trim()
    git('update-index', '--add', '--cacheinfo', `100644,${oid},${path}`)
  }
  const tree = git('write-tree').toString().trim()
  return git('commit-tree', '-m', message, ...(on === undefined ? [] : ['-p', on]), tree)
    .toString()
    .trim()
}

const digestOf = (base: string, head: string) =>
  patchDigest(parseRawDiff(git('diff-tree', ...RAW_DIFF, '--end-of-options', base, head)))

test('a digest is SHA-256 over what the document says, for names of any bytes', () => {
  const base = commit('Begin', { 'a.txt': 'one\n', 'a/b': 'x\n' })
  const head = commit('Change', { 'a.txt': 'two\n', 'ü\n b': 'new\n' }, base)
  const blob = (content: string) => createHash('sha1').update(`blob ${content.length}\0${content}`).digest('hex')
  const zeros = '0'.repeat(40)
  const [first, second] = [`${blob('one\n')} ${blob('two\n')} a.txt`, `${zeros} ${blob('new\n')} ü\n b`]
  const canonical = `100644 100644 ${first}\x00000000 100644 ${second}\0`
  assert.equal(digestOf(base, head), createHash('sha256').update(canonical).digest('hex'))
  assert.equal(digestOf(base, base), createHash('sha256').update('').digest('hex'))
})

test('another message, and a base that moved elsewhere, keep it; nothing else does', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`)
  const with7 = (at: number) => lines.with(at, 'if (admin) return').join('\n')
  const base = commit('Begin', { 'a.ts': lines.join('\n'), 'b.ts': 'b\n' })
  const head = commit('Change', { 'a.ts': with7(7) }, base)
  const wanted = digestOf(base, head)
  assert.equal(digestOf(base, commit('Another message', { 'a.ts': with7(7) }, base)), wanted)
  const moved = commit('Elsewhere', { 'b.ts': 'c\n' }, base)
  assert.equal(digestOf(moved, commit('Change', { 'a.ts': with7(7) }, moved)), wanted)
  // The same line somewhere else in the file, which a digest over hunks would not tell.
  assert.notEqual(digestOf(base, commit('Change', { 'a.ts': with7(8) }, base)), wanted)
  assert.notEqual(digestOf(base, commit('Change', { 'a.ts': with7(7), 'c.ts': '' }, base)), wanted)
})

test('the order in which git tells the paths, modes and kinds does not matter, the modes do', () => {
  const base = commit('Begin', { a: 'a\n', 'a-b': 'x\n' })
  const head = commit('Change', { 'a-b': 'y\n', 'a/b': 'z\n' })
  const entries = parseRawDiff(git('diff-tree', ...RAW_DIFF, base, head))
  assert.equal(entries.length, 3)
  assert.equal(patchDigest(entries.toReversed()), patchDigest(entries))
  const [first, ...rest] = entries
  assert.ok(first)
  assert.notEqual(patchDigest([{ ...first, oldMode: '100755' }, ...rest]), patchDigest(entries))
})

test('a .gitmodules file hides no submodule', () => {
  const ignored = '[submodule "x"]\n\tpath = x\n\turl = ./x\n\tignore = all\n'
  const base = commit('Begin', { '.gitmodules': ignored })
  git('read-tree', base)
  git('update-index', '--add', '--cacheinfo', `160000,${base},x`)
  const tree = git('write-tree').toString().trim()
  const head = git('commit-tree', '-m', 'Change', '-p', base, tree).toString().trim()
  writeFileSync(join(folder, '.gitmodules'), ignored)
  assert.equal(parseRawDiff(git('diff-tree', ...RAW_DIFF, base, head)).length, 1)
})

test('refuses what is not the output of git diff-tree', () => {
  const line = `:100644 100644 ${'a'.repeat(40)} ${'b'.repeat(40)} M`
  assert.equal(parseRawDiff(Buffer.from(`${line}\0p\0`)).length, 1)
  for (const text of [
    'x',
    `${line}\0p`,
    `${line}\0\0`,
    `${line}\0`,
    `${line}\tp\n`,
    `${'a'.repeat(40)}\n${line}\0p\0`,
  ]) {
    assert.throws(() => parseRawDiff(Buffer.from(text)), { name: 'SealError', code: 'patch-malformed' }, text)
  }
  const twice = parseRawDiff(Buffer.from(`${line}\0p\0${line}\0p\0`))
  assert.throws(() => patchDigest(twice), { code: 'patch-malformed' })
})
