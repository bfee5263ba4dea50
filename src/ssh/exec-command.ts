import type { GitService } from '../repositories/upload-pack.ts'

type ExecCommand =
  | { kind: 'git'; service: GitService; path: { project: string; repository: string } }
  | { kind: 'refused'; sentence: string }

// One word in single quotes, as git writes it, in double ones, or bare; nothing of it means anything to a shell here.
const gitPattern = /^git[- ](upload-pack|receive-pack) (?:'([^'"\\]{1,200})'|"([^'"\\]{1,200})"|([^\s'"\\]{1,200}))$/
const pathPattern = /^\/?(?:~\/)?([A-Za-z0-9][\w.-]{1,63})\/([A-Za-z0-9][\w.-]{1,67})\/?$/

/**
 * What an SSH client asks to run. Nothing is ever handed to a shell: a name from the short list of services, and a path
 * that is looked up in the database.
 */
export function parseExecCommand(command: string): ExecCommand {
  const [, service, ...words] = gitPattern.exec(command) ?? []
  if (service !== undefined) {
    const path = pathPattern.exec(words.find((word) => word !== undefined) ?? '')
    if (path === null) return refused('The path of a repository is /project/repository.git, and this is none.')
    const [, project = '', repository = ''] = path
    return {
      kind: 'git',
      service: service === 'upload-pack' ? 'git-upload-pack' : 'git-receive-pack',
      path: { project, repository: repository.replace(/\.git$/i, '') },
    }
  }
  if (/^git[- ]lfs-/.test(command)) return refused('Git LFS is not spoken here: push without it.')
  if (/^git[- ]upload-archive\b/.test(command))
    return refused('Archives are not made over SSH: download them from the page of the repository.')
  return refused('Only git fetch, clone and push run here, no other command.')
}

const refused = (sentence: string): ExecCommand => ({ kind: 'refused', sentence })
