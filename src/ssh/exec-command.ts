import type { LfsOperation } from '../repositories/lfs/ssh-authenticate.ts'
import type { GitService } from '../repositories/upload-pack.ts'

type ExecCommand =
  | { kind: 'git'; service: GitService; path: { project: string; repository: string } }
  | { kind: 'lfs'; operation: LfsOperation; path: { project: string; repository: string } }
  | { kind: 'refused'; sentence: string }

// One word in single quotes, as git writes it, in double ones, or bare; nothing of it means anything to a shell here.
const oneWord = /(?:'([^'"\\]{1,200})'|"([^'"\\]{1,200})"|([^\s'"\\]{1,200}))/.source
const gitPattern = new RegExp(`^git[- ](upload-pack|receive-pack) ${oneWord}$`)
// Older ones say the oid as well.
const lfsPattern = new RegExp(`^git-lfs-authenticate ${oneWord} (download|upload)(?: [0-9a-f]{64})?$`)
const pathPattern = /^\/?(?:~\/)?([A-Za-z0-9][\w.-]{1,63})\/([A-Za-z0-9][\w.-]{1,67})\/?$/

/**
 * What an SSH client asks to run. Nothing is ever handed to a shell: a name from the short list of services, and a path
 * that is looked up in the database.
 */
export function parseExecCommand(command: string): ExecCommand {
  const [, service, ...words] = gitPattern.exec(command) ?? []
  if (service !== undefined) {
    const path = parsePath(words)
    if (path === undefined) return noPath()
    return { kind: 'git', service: service === 'upload-pack' ? 'git-upload-pack' : 'git-receive-pack', path }
  }
  const [isLfs, ...lfsWords] = lfsPattern.exec(command) ?? []
  if (isLfs !== undefined) {
    const operation = lfsWords.pop() === 'upload' ? 'upload' : 'download'
    const path = parsePath(lfsWords)
    return path === undefined ? noPath() : { kind: 'lfs', operation, path }
  }
  // git-lfs asks for another one first, and takes this way where that is refused.
  if (/^git[- ]lfs-/.test(command))
    return refused('Files of Git LFS go over HTTPS: only git-lfs-authenticate runs here.')
  if (/^git[- ]upload-archive\b/.test(command))
    return refused('Archives are not made over SSH: download them from the page of the repository.')
  return refused('Only git fetch, clone and push run here, no other command.')
}

function parsePath(words: readonly (string | undefined)[]): { project: string; repository: string } | undefined {
  const path = pathPattern.exec(words.find((each) => each !== undefined) ?? '')
  if (path === null) return undefined
  const [, project = '', repository = ''] = path
  return { project, repository: repository.replace(/\.git$/i, '') }
}

const refused = (sentence: string): ExecCommand => ({ kind: 'refused', sentence })

const noPath = (): ExecCommand => refused('The path of a repository is /project/repository.git, and this is none.')
