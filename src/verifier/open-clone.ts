import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SEALS_REF, SIGNERS_REF } from '../seals/format/projection.ts'
import { CannotJudge } from './cannot-judge.ts'
import { checkWhole, findLayout } from './check-whole.ts'
import { type CloneRefs, readRefs } from './clone-refs.ts'
import { Repository, firstLine, networkEnvironment, runGit } from './git.ts'

export interface Clone extends AsyncDisposable {
  repository: Repository
  /** As they were when it was opened, or last brought up to date. */
  refs: CloneRefs
  /** Sentences for the person about what was done to get here. */
  notes: string[]
  /** Brings `refs/postern/*` up to date where the clone can; false where nothing new came. */
  refresh(): Promise<boolean>
  /** Brings what was proposed into a clone that is only ours; false where it is somebody's, or nothing came. */
  fetchProposed(): Promise<boolean>
}

/** Opens a folder with a whole clone, or clones a URL into a temporary one that is removed on disposal. Throws CannotJudge. */
export async function openClone(place: string): Promise<Clone> {
  const isFolder = await stat(place).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) return openFolder(place)
  if (!place.includes('://') && !/^[^/:]+:/.test(place)) {
    throw new CannotJudge('not-a-repository', `${place} is neither a folder nor a URL`)
  }
  return cloneUrl(place)
}

async function openFolder(folder: string): Promise<Clone> {
  const layout = await findLayout(folder)
  const repository = new Repository(layout.directory)
  const clone: Clone = {
    repository,
    refs: await checkWhole(repository, layout),
    notes: [],
    async refresh() {
      const hasMoved = await refresh(repository)
      if (hasMoved) clone.refs = await readRefs(repository)
      return hasMoved
    },
    fetchProposed: () => Promise.resolve(false),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  if (!hasPosternRefs(clone.refs) && (await hasOrigin(repository))) {
    await fetchFirst(repository)
    clone.refs = await readRefs(repository)
    clone.notes.push('Fetched refs/postern/* from origin into this clone: a plain clone does not bring them.')
  }
  return clone
}

async function cloneUrl(url: string): Promise<Clone> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-verify-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const target = join(folder, 'clone.git')
    // Whatever the person calls the place they clone from.
    const named = ['-c', 'clone.defaultRemoteName=origin']
    const clone = [...named, 'clone', '--quiet', '--bare', '--template=', '--', url, target]
    const { code, stderr } = await runGit(clone, { cwd: folder, env: networkEnvironment() })
    if (code !== 0) throw new CannotJudge('not-a-repository', `git could not clone ${url}: ${firstLine(stderr)}`)
    const layout = await findLayout(target)
    const repository = new Repository(layout.directory)
    await checkWhole(repository, layout)
    await fetchFirst(repository)
    const refs = await readRefs(repository)
    return {
      repository,
      refs,
      notes: [],
      refresh: () => Promise.resolve(false),
      async fetchProposed() {
        const { code } = await network(repository, [...FETCH, 'origin', '+refs/pull/*:refs/pull/*'])
        return code === 0
      },
      [Symbol.asyncDispose]: remove,
    }
  } catch (error) {
    await remove()
    throw error
  }
}

const hasPosternRefs = ({ oids }: CloneRefs): boolean => oids.has(SIGNERS_REF) && oids.has(SEALS_REF)

async function hasOrigin(repository: Repository): Promise<boolean> {
  const { code } = await repository.try(['config', '--get', 'remote.origin.url'])
  return code === 0
}

function network(repository: Repository, args: readonly string[]) {
  return runGit(args, { cwd: repository.directory, env: networkEnvironment() })
}

// A clone may be set up to bring these refs along, and git would then overwrite them by the way, whatever was asked for.
const ALONE = ['--refmap=', '--no-prune', '--no-tags', '--no-auto-maintenance', '--no-recurse-submodules'] as const
const FETCH = ['fetch', '--quiet', ...ALONE] as const

async function fetchFirst(repository: Repository): Promise<void> {
  const { code, stderr } = await network(repository, [...FETCH, 'origin', 'refs/postern/*:refs/postern/*'])
  if (code !== 0) {
    throw new CannotJudge(
      'postern-refs-missing',
      `refs/postern/* could not be fetched from origin: ${firstLine(stderr)}`,
    )
  }
}

/**
 * What a clone once had of these refs is its pin: the server may add to them, never rewrite them. git would overwrite
 * refs outside heads and tags without a word, so objects come first and the refs move only forwards.
 */
async function refresh(repository: Repository): Promise<boolean> {
  if (!(await hasOrigin(repository))) return false
  const listed = await network(repository, ['ls-remote', 'origin', SIGNERS_REF, SEALS_REF])
  const brought = await network(repository, [...FETCH, '--no-write-fetch-head', 'origin', SIGNERS_REF, SEALS_REF])
  if (listed.code !== 0 || brought.code !== 0) return false
  let moved = false
  for (const line of listed.stdout.split('\n')) {
    const [oid = '', ref = ''] = line.split('\t')
    if (ref === SIGNERS_REF || ref === SEALS_REF) moved = (await moveForward(repository, ref, oid)) || moved
  }
  return moved
}

async function moveForward(repository: Repository, ref: string, oid: string): Promise<boolean> {
  const old = await repository.findRef(ref)
  if (old === undefined || old === oid) return false
  const { code } = await repository.try(['merge-base', '--is-ancestor', old, oid])
  if (code !== 0) {
    throw new CannotJudge(
      'history-rewritten',
      `${ref} on the server does not continue what this clone has (${old.slice(0, 12)}): it was rewritten`,
    )
  }
  await repository.run(['update-ref', ref, oid, old])
  return true
}
