import type { Tampering } from '../protocols/webauthn/software-client.ts'
import { draftApproval, draftConfirmation, draftUpdate } from '../seals/format/draft.ts'
import { RAW_DIFF, parseRawDiff, patchDigest } from '../seals/format/patch-digest.ts'
import type { SealRecord } from '../seals/format/seal-record.ts'
import type { SoftwareSigner } from '../seals/format/software-signer-testing.ts'
import { MAIN, REPOSITORY, STEP_MS, type SealedRepository } from './sealed-repository-testing.ts'

interface Claims {
  repositoryId?: string
  targetRef?: string
  pullRequest?: number
  base?: string
  tree?: string
  head?: string
  patch?: string
}

interface SealOptions {
  claims?: Claims
  tampering?: Tampering
  /** Milliseconds; default one step after the last event. */
  at?: number
  /** Whether it gets into refs/postern/seals. */
  isKept?: boolean
}

const treeOf = (repository: SealedRepository, commit: string): string =>
  repository.git(['rev-parse', `${commit}^{tree}`])

export function patchBetween(repository: SealedRepository, base: string, head: string): string {
  return patchDigest(parseRawDiff(repository.gitBytes(['diff-tree', ...RAW_DIFF, base, head])))
}

/** One person approves `head`, proposed on top of `mergeBase`, for pull request 7. */
export function approve(
  repository: SealedRepository,
  signer: SoftwareSigner,
  { head, mergeBase = repository.tip, ...options }: SealOptions & { head: string; mergeBase?: string },
): SealRecord {
  const { claims = {} } = options
  return keep(repository, options, (at) =>
    signer.seal(
      draftApproval(repository.context(signer, at), {
        ...where(claims),
        tree: claims.tree ?? treeOf(repository, head),
        mergeBase: claims.base ?? mergeBase,
        head: claims.head ?? head,
        patch: claims.patch ?? patchBetween(repository, mergeBase, head),
        pullRequest: claims.pullRequest ?? 7,
      }),
      undefined,
      options.tampering,
    ),
  )
}

/** One person looks afterwards at what landed as `tip`. */
export function confirm(
  repository: SealedRepository,
  signer: SoftwareSigner,
  { tip, ...options }: SealOptions & { tip: string },
): SealRecord {
  const { claims = {} } = options
  return keep(repository, options, (at) =>
    signer.seal(
      draftConfirmation(repository.context(signer, at), {
        ...where(claims),
        tree: claims.tree ?? treeOf(repository, tip),
        base: claims.base ?? repository.git(['rev-parse', `${tip}^1`]),
        tip: claims.head ?? tip,
        pullRequest: claims.pullRequest ?? 7,
      }),
      undefined,
      options.tampering,
    ),
  )
}

/** Main moves to `tip` by a tap beside the commits. `head` is what was proposed where that is another, which makes it a rebase. */
export function update(
  repository: SealedRepository,
  signer: SoftwareSigner,
  {
    tip,
    action,
    head = tip,
    ...options
  }: SealOptions & {
    tip: string
    action: 'push' | 'fast-forward' | 'rebase'
    head?: string
  },
): SealRecord {
  const { claims = {} } = options
  const move = { ...where(claims), tree: claims.tree ?? treeOf(repository, tip) }
  const facts = { ...move, base: claims.base ?? repository.tip, tip: claims.head ?? tip }
  const pullRequest = claims.pullRequest ?? 7
  const record = keep(repository, options, (at) =>
    signer.seal(
      draftUpdate(
        repository.context(signer, at),
        action === 'push'
          ? { ...facts, action }
          : action === 'rebase'
            ? { ...facts, action, pullRequest, head }
            : { ...facts, action, pullRequest },
      ),
      undefined,
      options.tampering,
    ),
  )
  repository.moveTo(tip)
  return record
}

function where({ repositoryId, targetRef }: Claims) {
  return { repository: { ...REPOSITORY, ...(repositoryId && { id: repositoryId }) }, targetRef: targetRef ?? MAIN }
}

function keep(repository: SealedRepository, options: SealOptions, seal: (at: number) => SealRecord): SealRecord {
  const record = seal(options.at ?? (repository.now += STEP_MS))
  if (options.isKept ?? true) repository.records.push(record)
  return record
}
