import type { SshBearers } from '../../access-keys/ssh-bearer.ts'
import type { SshCaller } from '../../access-keys/ssh-credential.ts'
import { notFound } from '../../http/problem.ts'
import type { PlaceParts } from '../access.ts'
import { admitToGit } from '../git-guard.ts'
import { lfsAddress } from '../routes/lfs.ts'

export type LfsOperation = 'download' | 'upload'

/** git-lfs docs/api/server-discovery.md, “SSH”: one line of JSON that says where to go, and with what. */
export type LfsAuthenticate = (asked: {
  caller: SshCaller
  path: { project: string; repository: string }
  operation: LfsOperation
}) => Promise<string>

/** @throws 403, 404 as a fetch or push would */
export const createLfsAuthenticate =
  (parts: PlaceParts & { sshBearers: SshBearers; origin: string; now: () => number }): LfsAuthenticate =>
  async ({ caller, path, operation }) => {
    const place = await admitToGit(parts, caller, { path, least: operation === 'upload' ? 'write' : 'read' })
    if (place === undefined) throw notFound('This repository')
    const bound = { repositoryId: place.repository.id, operation }
    const { secret, seconds } = parts.sshBearers.issue(caller, bound, parts.now())
    return JSON.stringify({
      href: lfsAddress(parts.origin, place),
      header: { Authorization: `Bearer ${secret}` },
      expires_in: seconds,
    })
  }
