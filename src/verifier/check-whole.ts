import { access, readFile, readdir } from 'node:fs/promises'
import { CannotJudge } from './cannot-judge.ts'
import { type CloneRefs, readRefs } from './clone-refs.ts'
import { type Repository, firstLine, networkEnvironment, runGit } from './git.ts'

/** Where a repository keeps what the checks look at. */
interface Layout {
  directory: string
  format: string
  shallow: string
  grafts: string
  packs: string
}

/**
 * Finds the repository that a folder is part of, in the person's own environment, so that git's ownership check and
 * their exceptions to it hold. Throws CannotJudge `not-a-repository`.
 */
export async function findLayout(folder: string): Promise<Layout> {
  const asked = ['--absolute-git-dir', '--show-object-format', '--git-path', 'shallow', '--git-path', 'info/grafts']
  const { code, stdout, stderr } = await runGit(
    ['rev-parse', '--path-format=absolute', ...asked, '--git-path', 'objects/pack'],
    { cwd: folder, env: networkEnvironment() },
  )
  if (code !== 0) throw new CannotJudge('not-a-repository', `${folder} is not a git repository: ${firstLine(stderr)}`)
  const [directory = '', format = '', shallow = '', grafts = '', packs = ''] = stdout.split('\n')
  return { directory, format, shallow, grafts, packs }
}

/**
 * Refuses clones in which git shows another history than the objects hold, or does not have all of it. The walk itself
 * reads raw objects; but a verdict must also be true of what the person sees with git in this clone. Returns its refs.
 */
export async function checkWhole(
  repository: Repository,
  { format, shallow, grafts, packs }: Layout,
): Promise<CloneRefs> {
  if (format !== 'sha1') throw new CannotJudge('sha256-repository', 'SHA-256 repositories are not sealed')
  if (await hasContent(shallow)) {
    throw new CannotJudge('shallow', 'this clone is shallow: run `git fetch --unshallow` and try again')
  }
  if (await hasContent(grafts)) {
    throw new CannotJudge('grafted', 'this clone has grafts: remove .git/info/grafts and try again')
  }
  const refs = await readRefs(repository)
  if (refs.hasReplaced) {
    throw new CannotJudge('replaced', 'this clone has replaced objects: run `git replace -d` on them and try again')
  }
  if ((await hasPromisor(repository)) || (await hasPromisorPack(packs))) {
    throw new CannotJudge('partial', 'this clone is partial: make a full one, without --filter, and try again')
  }
  return refs
}

async function hasPromisor(repository: Repository): Promise<boolean> {
  const pattern = '^(extensions\\.partialclone|remote\\..*\\.(promisor|partialclonefilter))$'
  const { code } = await repository.try(['config', '--get-regexp', pattern])
  return code === 0
}

async function hasPromisorPack(folder: string): Promise<boolean> {
  const exists = await access(folder).then(
    () => true,
    () => false,
  )
  return exists && (await readdir(folder)).some((name) => name.endsWith('.promisor'))
}

async function hasContent(file: string): Promise<boolean> {
  try {
    return (await readFile(file, 'latin1')).trim() !== ''
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
