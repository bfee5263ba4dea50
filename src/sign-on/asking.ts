import { AsyncLocalStorage } from 'node:async_hooks'
import type { OddVerifier } from './odd-verifier.ts'

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
}

/** Hands it to the store, which oidc-provider calls with nothing but what is to be stored. */
export const asking = new AsyncLocalStorage<Asking>()
