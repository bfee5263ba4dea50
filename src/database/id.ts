import { randomBytes } from 'node:crypto'

/** Kinds of rows that have an identifier of their own; the prefix says which. */
export type IdKind =
  | 'usr' // user
  | 'grp' // group
  | 'crd' // credential record
  | 'ses' // session
  | 'lnk' // registration link
  | 'cer' // ceremony or seal attempt
  | 'tok' // API token
  | 'prj' // project
  | 'rep' // repository
  | 'upd' // ref update
  | 'prq' // pull request
  | 'thr' // thread of a review
  | 'cmt' // comment
  | 'rev' // review
  | 'sta' // commit status
  | 'psh' // browser that is told
  | 'srq' // seal request
  | 'sea' // seal
  | 'evt' // audit event
  | 'ltr' // letter
  | 'whk' // webhook
  | 'dlv' // delivery of a webhook
  | 'imp' // import of a repository
  | 'mir' // mirror
  | 'pol' // change of the policy
  | 'end' // end of somebody's access
  | 'inv' // invitation
  | 'rcv' // recovery of an account
  | 'bgc' // break-glass code
  | 'dir' // directory connection
  | 'dom' // domain
  | 'clm' // claim of an account at a domain
  | 'apl' // somebody who registers themselves
  | 'idp' // other place to sign in
  | 'eid' // who somebody is there
  | 'ann' // announcement
  | 'prm' // permission that an agent asks for
  | 'ssk' // SSH key of a person or an agent
  | 'sct' // SSH certificate
  | 'dpk' // deploy key
  | 'wlt' // trust in what a pipeline's own issuer says of it
  | 'gra' // OAuth grant
  | 'app' // application
  | 'sar' // request by SAML
  | 'rse' // session on the host of a route
  | 'con' // connector
  | 'wit' // witness of the ledger
  | 'lck' // lock of a file of Git LFS

export type Id<Kind extends IdKind> = `${Kind}_${string}`

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const idBytes = 25
// Asking the system for randomness costs more than the rest of an identifier, so it is asked once for many.
let stock: Buffer = Buffer.alloc(0)

/** A fresh identifier: its kind and 125 random bits in Crockford's base 32. Never a secret. */
export function newId<Kind extends IdKind>(kind: Kind): Id<Kind> {
  if (stock.length < idBytes) stock = randomBytes(idBytes * 64)
  let text = ''
  for (const byte of stock.subarray(0, idBytes)) text += alphabet[byte & 31]
  stock = stock.subarray(idBytes)
  return `${kind}_${text}`
}
