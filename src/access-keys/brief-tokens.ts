import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { hashSecret, newSecret } from '../http/secret.ts'
import type { Caller } from '../identity/caller.ts'
import type { JudgeParts } from '../identity/judge-caller.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { findTokenCaller, findTokenCallerById } from './api-tokens.ts'
import type { BearerSource } from './bearer.ts'
import { TokenScope } from './shapes.ts'
import { isTokenSecret } from './token-secret.ts'

const briefSeconds = 600
/** Taps are asked for by whoever keeps the token itself. */
const scopes = TokenScope.anyOf.map((scope) => scope.const).filter((scope) => scope !== 'act')
const pattern = /^pst_brf_(tok_[a-z\d]{25})\.([a-z\d]{1,9})\.([a-z\d]{1,4})\.([\w-]{43})$/

export interface BriefToken {
  secret: string
  seconds: number
  scopes: readonly string[]
}

/**
 * Short secrets that are made from an API token, so that the token itself stays with whoever keeps it. They are kept
 * nowhere: each names its token, which is looked up at every use, and ends with it and with the secret it was made with.
 */
export interface BriefTokens {
  /** @param wanted fewer scopes than the token has; null for all of them. Undefined where the secret does not count; @throws 403 where a rule forbids it */
  issue(
    shown: { secret: string; address: string; wanted: readonly string[] | null },
    now: number,
  ): Promise<{ caller: Caller; token: BriefToken } | undefined>
  source: BearerSource
}

export async function createBriefTokens(
  parts: JudgeParts & {
    database: Pick<Database, 'read' | 'write'>
    secrets: Pick<Secrets, 'getOrCreate'>
  },
): Promise<BriefTokens> {
  const key = await parts.secrets.getOrCreate('brief tokens', newSecret)
  // The hash alone would not do: whoever reads the table could make them.
  const sign = (id: string, until: string, given: readonly string[], secretHash: string): string =>
    createHmac('sha256', key)
      .update(JSON.stringify([id, until, given, secretHash]))
      .digest('base64url')

  return {
    async issue({ secret, address, wanted }, now) {
      if (!isTokenSecret(secret)) return undefined
      const caller = await findTokenCaller(parts, { secret, address }, now)
      if (caller?.by.kind !== 'token') return undefined
      const { tokenId, scopes: owned } = caller.by
      const given = scopes.filter((scope) => owned.includes(scope) && (wanted === null || wanted.includes(scope)))
      const until = (Math.floor(now / 1000) + briefSeconds).toString(36)
      const mask = scopes.reduce((bits, scope, at) => (given.includes(scope) ? bits | (1 << at) : bits), 0).toString(36)
      const signature = sign(tokenId, until, given, hashSecret(secret))
      return {
        caller,
        token: { secret: `pst_brf_${tokenId}.${until}.${mask}.${signature}`, seconds: briefSeconds, scopes: given },
      }
    },

    source: {
      isMine: (secret) => pattern.test(secret),
      async find({ secret, address, isAgain = false }, now) {
        const [, id = '', until = '', mask = '', signature = ''] = pattern.exec(secret) ?? []
        if (id === '' || (Number.parseInt(until, 36) * 1000 <= now && !isAgain)) return undefined
        const bits = Number.parseInt(mask, 36)
        const given = scopes.filter((_, at) => (bits & (1 << at)) !== 0)
        const isStill = (secretHash: string): boolean =>
          timingSafeEqual(Buffer.from(sign(id, until, given, secretHash)), Buffer.from(signature))
        const caller = await findTokenCallerById(parts, { id: id as Id<'tok'>, isStill, address, isAgain }, now)
        if (caller?.by.kind !== 'token') return undefined
        // What the token may no longer do, nothing of it may.
        const { by } = caller
        return {
          ...caller,
          by: { ...by, isBrief: true, scopes: by.scopes.filter((scope) => given.some((each) => each === scope)) },
        }
      },
    },
  }
}
