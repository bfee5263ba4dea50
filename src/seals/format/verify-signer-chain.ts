import { byAge } from './allowed-signers.ts'
import { SealError } from './seal-error.ts'
import type { SealRecord } from './seal-record.ts'
import { type SignerEntry, credentialDigest } from './signer-entry.ts'
import { type Signers, type VerifiedSeal, verifySeal } from './verify-seal.ts'

/** `root`: the set-up credential, or one pinned beside it. `endorsed`: vouched for, tap by tap, from a root on. `server`: by nobody. */
export type SignerTrust = 'root' | 'endorsed' | 'server'

export interface ChainedSigner {
  entry: SignerEntry
  trust: SignerTrust
  /** User name of whoever vouched, where somebody did. */
  endorsedBy: string | null
  /** Why an endorsement that is there does not count. */
  problem: SealError | null
}

/**
 * Who stands behind each key, by credential id. An endorsement that does not verify leaves its entry at `server`.
 * With `trust`, the credential of the set-up must have one of those fingerprints, and keys that have one of the others
 * are roots beside it. Throws SealError `no-root`, `trust-mismatch`.
 */
export function verifySignerChain(
  entries: readonly SignerEntry[],
  expected: { trust?: string | readonly string[] | undefined } = {},
): Map<string, ChainedSigner> {
  const ordered = byAge(entries)
  const root = firstSigner(entries)
  const signers = new Map(ordered.map((entry) => [entry.credentialId, entry]))
  if (!root || signers.size !== entries.length) {
    throw new SealError('no-root', 'no credential of the set-up, or one credential twice')
  }
  const roots = new Set([root, ...pinnedBeside(root, ordered, expected.trust)])
  const chain = new Map<string, ChainedSigner>()
  for (const entry of ordered) follow(entry, { roots, signers, chain, path: new Set() })
  return chain
}

function pinnedBeside(
  root: SignerEntry,
  entries: readonly SignerEntry[],
  trust: string | readonly string[] | undefined,
): SignerEntry[] {
  if (trust === undefined) return []
  const wanted = new Set(typeof trust === 'string' ? [trust] : trust)
  if (!wanted.has(root.fingerprint)) {
    const one = wanted.size === 1 ? 'the one' : 'one'
    throw new SealError('trust-mismatch', `the first signer is ${root.fingerprint}, not ${one} you trust`)
  }
  const pinned = entries.filter(({ fingerprint }) => wanted.has(fingerprint))
  // Who trusts a key has one person in mind; the list must not choose between two.
  const twice = pinned.find(({ fingerprint }, at) => pinned.slice(0, at).some((one) => one.fingerprint === fingerprint))
  if (twice) throw new SealError('trust-mismatch', `two signers claim the key ${twice.fingerprint} that you trust`)
  return pinned
}

/** The credential of the set-up, on which the chain stands. */
export function firstSigner(entries: readonly SignerEntry[]): SignerEntry | undefined {
  return byAge(entries).find((entry) => entry.enrolledVia === 'setup')
}

interface Walk {
  roots: ReadonlySet<SignerEntry>
  signers: Signers
  chain: Map<string, ChainedSigner>
  /** Entries whose endorsement is being followed: meeting one again is a circle. */
  path: Set<string>
}

function follow(entry: SignerEntry, walk: Walk): ChainedSigner {
  const known = walk.chain.get(entry.credentialId)
  if (known) return known
  const judged = judge(entry, walk)
  walk.chain.set(entry.credentialId, judged)
  return judged
}

function judge(entry: SignerEntry, walk: Walk): ChainedSigner {
  const alone: ChainedSigner = { entry, trust: 'server', endorsedBy: null, problem: null }
  if (walk.roots.has(entry)) return { ...alone, trust: 'root' }
  if (!entry.endorsement) return alone
  try {
    const endorser = verifyEndorsement(entry, entry.endorsement, walk)
    walk.path.add(entry.credentialId)
    const { trust } = follow(endorser, walk)
    walk.path.delete(entry.credentialId)
    return { ...alone, trust: trust === 'server' ? 'server' : 'endorsed', endorsedBy: endorser.username }
  } catch (error) {
    if (error instanceof SealError) return { ...alone, problem: error }
    throw error
  }
}

/** The endorser's entry, once their seal is shown to be about this key and this person. */
function verifyEndorsement(entry: SignerEntry, record: SealRecord, walk: Walk): SignerEntry {
  if (record.credentialId === entry.credentialId || walk.path.has(record.credentialId)) {
    throw new SealError('not-vouched', 'keys that vouch for each other')
  }
  const seal = verifySeal({ record, signers: walk.signers })
  checkNamesCredential(seal, entry)
  const { action, signer, act } = seal.statement.predicate
  // A person has one name for good: with the id alone, one's own key could be listed as somebody else's.
  const same = signer.userId === entry.userId && signer.username === entry.username
  const named = act?.parameters['username'] === entry.username
  if (!(action === 'credential.add' && same) && !(action === 'credential.endorse' && named)) {
    throw new SealError('not-vouched', 'the seal does not vouch for a key of this person')
  }
  return seal.entry
}

/** A seal about a credential names its key by digest. Throws SealError `not-vouched`. */
export function checkNamesCredential(seal: VerifiedSeal, entry: SignerEntry): void {
  const named = seal.statement.subject.find((subject) => subject.name === 'credential')
  if (!named || !('sha256' in named.digest) || named.digest.sha256 !== credentialDigest(entry.publicKey)) {
    throw new SealError('not-vouched', 'the seal is about another key')
  }
}
