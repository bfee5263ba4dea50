import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Id } from '../database/id.ts'
import { newSecret } from '../http/secret.ts'
import type { Caller } from '../identity/caller.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { ShownSecret } from './bearer.ts'
import type { SshCaller, SshSource } from './ssh-credential.ts'

const seconds = 900
const pattern = /^pst_lfs_([\w-]{20,900})\.([\w-]{43})$/

/** What it opens, and nothing else: one repository, to read or to write its large files. */
interface Bound {
  repositoryId: Id<'rep'>
  operation: 'download' | 'upload'
}

/** What stands in one, readable for whoever holds it: no secret, and good for nothing without its signature. */
interface Written extends Bound {
  by: Pick<SshCaller['by'], 'kind'> & { id: string; touch: unknown }
  authenticatedAt: number
  until: number
}

/**
 * Short secrets for what goes over HTTPS although somebody came by SSH. They are kept nowhere: each names the key or
 * certificate it was given for, which is asked again at every use, and ends with it.
 */
export interface SshBearers {
  issue(caller: SshCaller, bound: Bound, now: number): { secret: string; seconds: number }
  isMine(secret: string): boolean
  /** Undefined where it, its key or its person has ended. @throws 403 where a rule forbids it */
  find(shown: ShownSecret, now: number): Promise<{ caller: Caller; seconds: number } | undefined>
}

export async function createSshBearers({
  sources,
  secrets,
}: {
  sources: readonly SshSource[]
  secrets: Pick<Secrets, 'getOrCreate'>
}): Promise<SshBearers> {
  const key = await secrets.getOrCreate('ssh bearers', newSecret)
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url')

  return {
    issue({ by, authenticatedAt }, bound, now) {
      const written: Written = {
        ...bound,
        by: {
          kind: by.kind,
          id: by.kind === 'ssh-certificate' ? by.certificateId : by.keyId,
          touch: by.kind === 'deploy-key' ? null : by.touch,
        },
        authenticatedAt,
        until: Math.floor(now / 1000) + seconds,
      }
      const text = Buffer.from(JSON.stringify(written)).toString('base64url')
      return { secret: `pst_lfs_${text}.${sign(text)}`, seconds }
    },

    isMine: (secret) => pattern.test(secret),

    async find({ secret, address, isAgain = false }, now) {
      const [, text = '', signature = ''] = pattern.exec(secret) ?? []
      if (text === '' || !timingSafeEqual(Buffer.from(sign(text)), Buffer.from(signature))) return undefined
      const written = JSON.parse(Buffer.from(text, 'base64url').toString()) as Written
      const left = written.until - Math.floor(now / 1000)
      if (left <= 0 && !isAgain) return undefined
      for (const source of sources) {
        const caller = await source.again(shownBy(written, address), now, isAgain)
        if (caller !== undefined) return { caller: narrowed(caller, written), seconds: Math.max(1, left) }
      }
      return undefined
    },
  }
}

/** As much of them as their source asks for: everything else is looked up. */
function shownBy({ by: { kind, id, touch }, authenticatedAt }: Written, address: string): SshCaller {
  const ids = kind === 'ssh-certificate' ? { certificateId: id } : { keyId: id }
  return { by: { kind, ...ids, touch }, authenticatedAt, address } as unknown as SshCaller
}

/** Never more than the key has now. */
function narrowed(caller: SshCaller, { repositoryId, operation }: Bound): Caller {
  const { scopes, repositoryIds } = caller.by
  const mayRead = scopes.includes('repository:read') || scopes.includes('repository:write')
  const given = operation === 'upload' ? scopes.filter((scope) => scope === 'repository:write') : []
  const isReached = repositoryIds === null || repositoryIds.includes(repositoryId)
  return {
    ...caller,
    by: {
      ...caller.by,
      scopes: [...given, ...(mayRead ? ['repository:read'] : [])],
      repositoryIds: isReached ? [repositoryId] : [],
    },
  }
}
