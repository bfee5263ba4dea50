import { SealError } from '../seals/format/seal-error.ts'
import { parseTime } from '../seals/format/time.ts'
import { verifySignedPush } from '../seals/format/verify-signed-push.ts'
import { verifySealedUpdate } from '../seals/format/verify-sealed-update.ts'
import type { DetachedSeals, Filed } from './detached-seals.ts'
import { type Line, treeOf } from './first-parents.ts'
import { type Rules, checkCounts, checkPushCounts } from './judge-seal.ts'
import type { ObjectReader } from './object-reader.ts'
import type { FiledPush, SignedPushes } from './signed-pushes.ts'
import type { SealedStep, SignedStep, Step } from './step.ts'

/** A sealed update or a signed push laid over the line: it stands for the commits after `from` up to `to`. */
interface Span {
  filed: Filed | FiledPush
  /** Places on the line; -1 is where the line begins, undefined is none of it. */
  from: number | undefined
  to: number
  /** Once it was looked at. */
  outcome?: Step | SealError
}

interface UpdateParts {
  line: Line
  rules: Rules
  seals: DetachedSeals
  pushes: SignedPushes
  objects: ObjectReader
  /** Whether a commit is on the same first-parent line, below where judging began. */
  isBelow: (oid: string) => Promise<boolean>
}

/** Finds the update that proves a commit which proves nothing by itself. Asked oldest commit first. */
export class Updates {
  readonly #parts: UpdateParts
  readonly #places: ReadonlyMap<string, number>
  /** By where they begin, and how many of them began already. */
  #spans: Span[] | undefined
  #begun = 0
  #active: Span[] = []

  constructor(parts: UpdateParts) {
    this.#parts = parts
    this.#places = new Map(parts.line.oids.map((oid, place) => [oid, place]))
  }

  /**
   * The step that stands for the commit at this place; or why what claims to does not; or undefined where nothing does.
   * `used` are the statements that proved a commit, `passed` is as in checkCounts.
   */
  async proving(at: number, used: ReadonlySet<string>, passed: number): Promise<Step | SealError | undefined> {
    let failure: SealError | undefined
    for (const span of await this.#covering(at, used)) {
      span.outcome ??= await this.#verify(span, passed)
      if (!(span.outcome instanceof SealError)) return span.outcome
      failure ??= span.outcome
    }
    return failure
  }

  /** Narrowest first. One that begins nowhere on the line is told of at its tip alone. */
  async #covering(at: number, used: ReadonlySet<string>): Promise<Span[]> {
    const spans = (this.#spans ??= await this.#laySpans(used))
    for (let span = spans[this.#begun]; span && beginOf(span) <= at; span = spans[++this.#begun])
      this.#active.push(span)
    this.#active = this.#active.filter(({ to }) => to >= at)
    return this.#active
      .filter(({ from, to }) => (from === undefined ? to === at : from < at))
      .toSorted((a, b) => a.to - b.to || (b.from ?? -2) - (a.from ?? -2))
  }

  async #laySpans(used: ReadonlySet<string>): Promise<Span[]> {
    const { seals, pushes, rules } = this.#parts
    await Promise.all([seals.load(used), pushes.load()])
    const spans: Span[] = []
    for (const filed of seals.updates) {
      const { repository, targetRef, fromID = '' } = filed.statement.predicate
      const digest = filed.statement.subject[0]?.digest
      if (repository?.id !== rules.repositoryId || targetRef !== rules.ref) continue
      if (digest && 'gitCommit' in digest) spans.push(...(await this.#lay(filed, fromID, digest.gitCommit)))
    }
    for (const filed of pushes.of(rules.ref)) spans.push(...(await this.#lay(filed, filed.base, filed.tip)))
    return spans.toSorted((a, b) => beginOf(a) - beginOf(b))
  }

  /** None where its tip is not on the line. */
  async #lay(filed: Span['filed'], base: string, tip: string): Promise<Span[]> {
    const { line, isBelow } = this.#parts
    const to = this.#places.get(tip)
    if (to === undefined) return []
    const known = base === line.end ? -1 : this.#places.get(base)
    const from = known ?? ((await isBelow(base)) ? -1 : undefined)
    return [{ filed, from: from !== undefined && from < to ? from : undefined, to }]
  }

  async #verify({ filed, from, to }: Span, passed: number): Promise<Step | SealError> {
    const { line, objects } = this.#parts
    try {
      if (from === undefined)
        throw new SealError('base-mismatch', 'its update began at a commit that is not on this line')
      const oid = line.oids[to] ?? ''
      const [commit = Buffer.alloc(0)] = await objects.read([oid], 'commit')
      const tree = treeOf(commit)
      if (tree === undefined) throw new SealError('commit-malformed', 'its tip names no tree')
      const tip = { oid, tree }
      return 'statement' in filed ? this.#verifySealed(filed, tip, passed) : this.#verifySigned(filed, tip, passed)
    } catch (error) {
      if (error instanceof SealError) return error
      throw error
    }
  }

  #verifySealed({ record }: Filed, tip: { oid: string; tree: string }, passed: number): SealedStep {
    const { rules } = this.#parts
    const seal = verifySealedUpdate({ ...rules, record, tip })
    checkCounts(seal, passed, rules)
    const { action, pullRequest, base, head } = seal
    const at = Math.max(passed, parseTime(seal.statement.predicate.issuedAt) ?? 0)
    return { seal, action, pullRequest, base, tip: tip.oid, tree: tip.tree, head, passed: at }
  }

  #verifySigned({ record }: FiledPush, { oid, tree }: { oid: string; tree: string }, passed: number): SignedStep {
    const { rules } = this.#parts
    const push = verifySignedPush({ record, ref: rules.ref, tip: oid, keys: rules.sshKeys, signers: rules.signers })
    const { isNamed } = checkPushCounts(push, passed, rules)
    const moved = { action: 'push', pullRequest: null, base: push.base, tip: oid, tree, head: oid } as const
    return { ...moved, push, isNamed, passed: Math.max(passed, push.issuedAt) }
  }
}

const beginOf = ({ from, to }: Span): number => from ?? to
