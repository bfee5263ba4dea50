import { createHmac } from 'node:crypto'
import type { Id } from '../database/id.ts'
import { NONCE_SECONDS } from '../protocols/git/push-certificate.ts'
import type { GitSetting } from './git-environment.ts'

/** By what git makes the nonces of signed pushes, and knows them again on every node. */
export interface PushNonces {
  /** For `receive-pack`, when it says what there is and when it takes a push. */
  settings(repositoryId: Id<'rep'>): readonly GitSetting[]
}

/** git puts no more than a time into a nonce: what it was given for stands in the seed. */
export const createPushNonces = (secret: string): PushNonces => ({
  settings: (repositoryId) => [
    ['receive.certNonceSeed', createHmac('sha256', secret).update(repositoryId).digest('hex')],
    ['receive.certNonceSlop', String(NONCE_SECONDS)],
  ],
})
