import type { KeyObject } from 'node:crypto'
import type { CoseAlgorithm } from './cose.ts'

/** What a software authenticator keeps of one credential. */
export interface SoftwareCredential {
  id: string
  rpId: string
  userHandle: string
  algorithm: CoseAlgorithm
  privateKey: KeyObject
  counter: number
}
