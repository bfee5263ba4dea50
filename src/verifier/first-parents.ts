import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'
import { CannotJudge } from './cannot-judge.ts'
import type { Repository } from './git.ts'
import type { ObjectReader } from './object-reader.ts'

/**
 * First-parent commits from the tip down to, and without, the commit `until`; `reached` is false where the walk met
 * `floor` or the root of the history first. git only proposes the list: each link is checked in the commits themselves.
 */
export async function firstParents(
  repository: Repository,
  objects: ObjectReader,
  tip: string,
  until: string,
  { floor }: { floor: string },
): Promise<{ oids: string[]; reached: boolean }> {
  const oids: string[] = []
  const child = repository.start(['rev-list', '--first-parent', '--end-of-options', tip, '--'])
  child.stdin?.end()
  child.on('error', () => undefined)
  let last: string | undefined
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    last = line
    if (line === until || line === floor) break
    oids.push(line)
  }
  child.kill()
  const end = last === until || last === floor ? last : undefined
  await checkLinks(objects, tip, oids, end)
  return { oids, reached: end !== undefined && end === until }
}

const BATCH = 500

async function checkLinks(objects: ObjectReader, tip: string, oids: readonly string[], end: string | undefined) {
  let expected: string | undefined = tip
  for (let at = 0; at < oids.length; at += BATCH) {
    const batch = oids.slice(at, at + BATCH)
    const commits = await objects.read(batch, 'commit')
    for (const [index, oid] of batch.entries()) {
      if (oid !== expected) throw broken(oid)
      // Headers come in this order, or the commit is none; text further down cannot be mistaken for them.
      const [, parent] = /^tree [0-9a-f]{40}\nparent ([0-9a-f]{40})\n/.exec(commits[index]?.toString('latin1', 0, 96) ?? '') ?? []
      expected = parent
    }
  }
  if (expected !== end) throw broken(end ?? 'the root')
}

function broken(oid: string): CannotJudge {
  return new CannotJudge('object-corrupt', `git lists ${oid} where the commits themselves say otherwise`)
}
