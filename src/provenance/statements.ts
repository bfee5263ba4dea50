import type { Strength } from '../database/schema.ts'
import { renderCanonical } from '../seals/format/strict-json.ts'
import { renderTime } from '../seals/format/time.ts'

export const PROVENANCE_TYPE = 'urn:postern:source-provenance:v1'
/** SLSA v1.2, Verification Summary Attestation. */
export const SUMMARY_TYPE = 'https://slsa.dev/verification_summary/v1'

/** A rule that held for every revision from `since` on. */
export interface Control {
  name: string
  /** Commit at which it began to hold. */
  since: string
  startedAt: number
}

export interface SealedBy {
  userId: string
  username: string
  did: string
  strength: Strength
  statementDigest: string
}

/** One change of a protected branch, as the instance saw it happen. */
export interface SourceUpdate {
  origin: string
  repository: { id: string; path: string }
  ref: string
  oldOid: string
  newOid: string
  at: number
  actor: { userId: string; username: string; kind: string; method: string }
  pullRequest: number | null
  seals: SealedBy[]
  policyDigest: string
  controls: Control[]
  level: 1 | 3 | 4
}

const resourceUri = ({ origin, repository }: SourceUpdate): string => `git+${origin}/${repository.path}`

const statement = (update: SourceUpdate, predicateType: string, predicate: object): Buffer =>
  renderCanonical({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { gitCommit: update.newOid }, annotations: { sourceRefs: [update.ref] } }],
    predicateType,
    predicate,
  })

/** What happened, by whose hand, and what held at that moment. SLSA v1.2, Source Track, "source provenance". */
export function renderProvenance(update: SourceUpdate): Buffer {
  const { repository, ref, oldOid, newOid, actor, pullRequest, seals, policyDigest, controls } = update
  return statement(update, PROVENANCE_TYPE, {
    repository: { id: repository.id, uri: resourceUri(update) },
    targetRef: ref,
    fromID: oldOid,
    targetID: newOid,
    updatedAt: renderTime(update.at),
    actor,
    pullRequest: pullRequest === null ? null : String(pullRequest),
    seals: seals.map((seal) => ({ ...seal })),
    policyDigest,
    controls: controls.map(({ name, since, startedAt }) => ({ name, since, startedAt: renderTime(startedAt) })),
  })
}

/** What it is worth, in the words of the source track. `input` is the digest of the provenance, `sha256:<hex>`. */
export function renderSummary(update: SourceUpdate, input: string): Buffer {
  const { origin, at, policyDigest, level } = update
  return statement(update, SUMMARY_TYPE, {
    verifier: { id: `${origin}/-/source-attestations` },
    timeVerified: renderTime(at),
    resourceUri: resourceUri(update),
    policy: { uri: `${origin}/-/guardrails`, digest: { sha256: policyDigest.replace(/^sha256:/, '') } },
    inputAttestations: [{ uri: PROVENANCE_TYPE, digest: { sha256: input.replace(/^sha256:/, '') } }],
    verificationResult: 'PASSED',
    verifiedLevels: [`SLSA_SOURCE_LEVEL_${level}`],
    slsaVersion: '1.2',
  })
}
