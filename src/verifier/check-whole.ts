import { access, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CannotJudge } from './cannot-judge.ts'
import type { Repository } from './git.ts'

/**
 * Refuses clones in which git shows another history than the objects hold, or does not have all of it. The walk itself
 * reads raw objects; but a verdict must also be true of what the person sees with git in this clone.
 */
export async function checkWhole(repository: Repository): Promise<void> {
  await checkFormat(repository)
  const path = (name: string) => repository.run(['rev-parse', '--path-format=absolute', '--git-path', name])
  if (await hasContent(await path('shallow'))) {
    throw new CannotJudge('shallow', 'this clone is shallow: run `git fetch --unshallow` and try again')
  }
  if (await hasContent(await path('info/grafts'))) {
    throw new CannotJudge('grafted', 'this clone has grafts: remove .git/info/grafts and try again')
  }
  if ((await repository.lines(['for-each-ref', '--count=1', 'refs/replace/'])).length > 0) {
    throw new CannotJudge('replaced', 'this clone has replaced objects: run `git replace -d` on them and try again')
  }
  if ((await hasPromisor(repository)) || (await hasPromisorPack(join(await path('objects'), 'pack')))) {
    throw new CannotJudge('partial', 'this clone is partial: make a full one, without --filter, and try again')
  }
}

async function checkFormat(repository: Repository): Promise<void> {
  const { code, stdout, stderr } = await repository.try(['rev-parse', '--show-object-format'])
  if (code !== 0) throw new CannotJudge('not-a-repository', `git cannot read this repository: ${stderr.trim()}`)
  if (stdout.trim() !== 'sha1') throw new CannotJudge('sha256-repository', 'SHA-256 repositories are not sealed')
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
