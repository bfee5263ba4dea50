import { explainSsh } from './explain-ssh.ts'
import { explainStatus, type GitService } from './explain-status.ts'
import { quoted, RemoteError } from './remote-error.ts'
import { isSshAddress } from './ssh-address.ts'

/** The checks of git-fsck(1) that old histories fail, in words. */
const checks: Record<string, string> = {
  zeroPaddedFilemode: 'a folder lists modes of files with zeros in front',
  missingSpaceBeforeDate: 'a name or mail address runs into the date',
  missingSpaceBeforeEmail: 'a name runs into the mail address',
  missingEmail: 'a mail address is missing',
  badEmail: 'a mail address is malformed',
  badName: 'a name is malformed',
  badDate: 'a date is malformed',
  badTimezone: 'a time zone is malformed',
  duplicateEntries: 'a folder lists one name twice',
  treeNotSorted: 'a folder is not sorted',
  fullPathname: 'a file name holds a slash',
  nullSha1: 'a folder points at nothing',
  hasDot: 'a folder has an entry “.”',
  hasDotdot: 'a folder has an entry “..”, which leads out of the work tree',
  hasDotgit: 'a folder has an entry “.git”, which would take over the clone',
  gitmodulesSymlink: '“.gitmodules” is a symbolic link',
  gitmodulesUrl: '“.gitmodules” has an address that git would take for an option',
  gitmodulesPath: '“.gitmodules” has a path that git would take for an option',
  gitmodulesName: '“.gitmodules” has a name that leads out of its folder',
  gitmodulesUpdate: '“.gitmodules” would run a command',
  gitattributesSymlink: '“.gitattributes” is a symbolic link',
  multipleAuthors: 'a commit has two authors',
  nulInHeader: 'the head of a commit holds a zero byte',
}

/** Why a fetch failed, from what git said. */
export function explainFetch(
  output: string,
  asked: { url: string; service: GitService; hasPassword: boolean },
): RemoteError {
  const host = URL.parse(asked.url)?.host ?? ''
  const [, oid, check = ''] = /error: object ([0-9a-f]{40}): (\w+): /.exec(output) ?? []
  if (oid !== undefined) {
    const words = checks[check] ?? 'an object is malformed'
    return new RemoteError(
      'fsck',
      `The history failed Git’s check “${check}”: ${words} (object ${oid.slice(0, 12)}). Nothing of it was kept. Repair it there, for example with git filter-repo, and try again.`,
    )
  }
  if (/fsck error|error: inflate|pack is corrupted|invalid index-pack output.*fsck/i.test(output))
    return new RemoteError(
      'fsck',
      'The history holds an object that Git’s checks refuse. Nothing of it was kept. Repair it there, and try again.',
    )
  if (isSshAddress(asked.url) && /Could not read from remote repository|cannot run ssh|unable to fork/.test(output))
    return explainSsh(output, asked.url)
  const [, status] = /The requested URL returned error: (\d{3})/.exec(output) ?? []
  if (status !== undefined) return explainStatus(Number(status), asked)
  if (/could not read (Username|Password)/.test(output)) return explainStatus(401, asked)
  if (/did not send all necessary objects|remote did not send/.test(output))
    return new RemoteError(
      'incomplete',
      `${host} did not send everything: objects are missing there. Nothing was kept. Repair it there, and try again.`,
    )
  if (/Operation too slow|Operation timed out|curl 28/.test(output))
    return new RemoteError('stalled', `${host} stopped sending. Try again; nothing was kept.`)
  if (/early EOF|unexpected disconnect|RPC failed|hung up|unexpected eof/i.test(output))
    return new RemoteError('broken-off', `The connection to ${host} broke off. Try again; nothing was kept.`)
  if (/Failed to connect|Could not resolve|Couldn't connect/.test(output))
    return new RemoteError(
      'unreachable',
      `${host} could not be reached. Check the address, and whether that server runs.`,
    )
  const last = output
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .findLast((line) => /^(fatal|error|remote):/.test(line))
  return new RemoteError('git-failed', `git could not do it${last === undefined ? '.' : `: ${quoted(last)}`}`)
}
