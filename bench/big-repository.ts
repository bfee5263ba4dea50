import { execFileSync, spawn } from 'node:child_process'
import { createCipheriv } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FastImport } from './fast-import.ts'

const shape = { commits: 4000, filesPerCommit: 6, paths: 20_000, assetBytes: 28_000 }
const writeBytes = 4 * 1024 ** 2

/**
 * A bare repository of more than 100 MB with 20,000 files and 4,000 commits, the same bytes each time: text that grows
 * by lines and assets that do not compress. Made once and kept in the temporary folder under its shape.
 */
export async function bigRepository(say: (line: string) => void): Promise<string> {
  const name = `postern-bench-${Object.values(shape).join('-')}.git`
  const folder = join(tmpdir(), name)
  if (existsSync(folder)) return folder
  say(`making the big repository ${folder}`)
  const fresh = `${folder}.${process.pid}`
  const git = (args: string[]): void => void execFileSync('git', args, { stdio: 'ignore' })
  git(['init', '--quiet', '--bare', '--initial-branch=main', fresh])
  await importHistory(fresh)
  git(['-C', fresh, 'repack', '-adq', '--write-bitmap-index'])
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }))
  return folder
}

async function importHistory(folder: string): Promise<void> {
  const child = spawn('git', ['-C', folder, 'fast-import', '--quiet'], { stdio: ['pipe', 'ignore', 'inherit'] })
  const ended = once(child, 'exit')
  const random = createKeystream()
  const stream = new FastImport()
  for (let number = 0; number < shape.commits; number++) {
    const files = new Map([[`assets/${number % 40}/${number}.bin`, random(shape.assetBytes)]])
    for (let nth = 0; nth < shape.filesPerCommit; nth++) {
      const path = (number * shape.filesPerCommit + nth) % shape.paths
      files.set(`source/${path % 97}/${path % 13}/${path}.txt`, text(number, path))
    }
    stream.commit('refs/heads/main', number, files)
    if (stream.size > writeBytes && !child.stdin.write(stream.bytes())) await once(child.stdin, 'drain')
  }
  child.stdin.end(stream.bytes())
  const [code] = await ended
  if (code !== 0) throw new Error('git fast-import failed')
}

function text(number: number, path: number): Buffer {
  const lines = Array.from(
    { length: 40 },
    (_, line) => `line ${line} of file ${path}: ${(path * 7919 + line * 104_729) % 1_000_003}`,
  )
  return Buffer.from(`${lines.join('\n')}\nchanged by ${number}\n`)
}

/** Bytes that look random and are always the same. */
function createKeystream(): (length: number) => Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16))
  return (length) => cipher.update(Buffer.alloc(length))
}
