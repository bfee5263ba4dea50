import { AsyncLocalStorage } from 'node:async_hooks'
import type { Tx } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'
import type { OddVerifier } from './odd-verifier.ts'
import type { SignOnContext } from './openid/sign-on-context.ts'

/** What is known of a request to the OAuth server beside its parameters. */
export interface Asking {
  address: string
  /** What it calls itself: any client can send anything. */
  userAgent: string
  /** The mark of this browser, hashed; null where no browser is meant to come. */
  browserHash: string | null
  /** What it means where a family of tokens is ended. */
  endsAs: 'reused' | 'revoked'
  verifier?: OddVerifier | undefined
  /** Uses up the code that was shown, in the transaction that keeps what is given for it. Returns whether it was late. */
  usingUp?: ((tx: Tx<TableName>) => Promise<boolean>) | undefined
  /** Where an application asks who is there: that was judged already. */
  signOn?: SignOnContext | undefined
}

/** Hands it to the store, which oidc-provider calls with nothing but what is to be stored. */
export const asking = new AsyncLocalStorage<Asking>()
