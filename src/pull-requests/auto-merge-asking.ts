import type { AuditEntry } from '../audit/entry.ts'
import type { EventFollower } from '../audit/follow-events.ts'
import { namePerson } from '../audit/name-person.ts'
import type { Id } from '../database/id.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import type { SessionCaller } from '../identity/caller.ts'
import { findUserById, type User } from '../identity/users.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { OnSealed } from '../seals/on-sealed.ts'
import { closeRequestsAbout } from '../seals/withdraw.ts'
import { switchOff } from './auto-merge.ts'
import { followAutoMerge } from './auto-merge-follow.ts'
import { askForTap, findLastRequest } from './auto-merge-request.ts'
import { merge, type MergeReleaseParts } from './merge.ts'
import { findPlaceFor } from './place-of.ts'
import type { Merger } from './merge-question.ts'
import { readyMerge, type ReadyMerge } from './prepare-merge.ts'
import { checkNotDraft, type PullRequest } from './records.ts'
import type { MergeMethod } from './shapes.ts'

export interface AutoMergeParts extends MergeReleaseParts {
  /** Folder of all bare repositories. */
  root: string
}

export interface AutoMerge {
  /** In the transaction of an event: switches it off where somebody else pushed, it was closed, or the tap was refused. */
  follow: EventFollower
  /** After the commit of events: looks again at what they may have made ready. Never throws, never waits. */
  stir(events: readonly AuditEntry[]): void
  /** Carries out merges that were asked for elsewhere. */
  onSealed: OnSealed
  /** Looks at all of them now and every ten minutes: another node may have fallen over half way. */
  start(): void
  /** Once nothing is left to look at. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** How long the tap is waited for. */
export const autoMergeLifetimeMs = 24 * 3_600_000
const lookAgainMs = 10 * 60_000

/** What may make a pull request ready, or no longer so. */
const stirring =
  /^(review|thread|comment|suggestion|status|pull-request|ref|branch|member|group|guardrail|repository)\.|^merge\.refused$|^auto-merge\.on$/

/**
 * Asks the person who switched it on for their tap the moment nothing else is missing; what they then seal is merged.
 * Several nodes may look at once: the row of the pull request lets one of them ask.
 */
export function createAutoMerge(parts: AutoMergeParts): AutoMerge {
  const { database, now, root, log } = parts
  /** Repositories, or `*`, in which something changed; then the pull requests to look at. */
  const scopes = new Set<string>()
  const waiting = new Set<Id<'prq'>>()
  /** Those whose tap is being carried out here: they are looked at afterwards. */
  const landing = new Set<string>()
  let working = Promise.resolve()
  let isWorking = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined

  function begin(): void {
    if (isWorking || isClosed) return
    isWorking = true
    working = work()
  }

  async function work(): Promise<void> {
    for (;;) {
      const [scope] = scopes
      const id = [...waiting].find((each) => !landing.has(each))
      if (isClosed || (scope === undefined && id === undefined)) break
      try {
        if (scope !== undefined) {
          scopes.delete(scope)
          for (const each of await listSwitchedOn(scope)) waiting.add(each)
        } else if (id !== undefined) {
          waiting.delete(id)
          await consider(id)
        }
      } catch (error) {
        log(error, 'looking whether a pull request is ready')
      }
    }
    isWorking = false
  }

  async function listSwitchedOn(scope: string): Promise<Id<'prq'>[]> {
    let query = database.read
      .selectFrom('pullRequest')
      .select('id')
      .where('state', '=', 'open')
      .where('autoMergeBy', 'is not', null)
    if (scope !== '*') query = query.where('repositoryId', '=', scope as Id<'rep'>)
    return (await query.execute()).map(({ id }) => id)
  }

  async function consider(id: Id<'prq'>): Promise<void> {
    const row = await database.read.selectFrom('pullRequest').selectAll().where('id', '=', id).executeTakeFirst()
    if (row?.state !== 'open' || row.autoMergeBy === null || row.autoMergeMethod === null) return
    const person = await findUserById(database.read, row.autoMergeBy)
    const place = await findMergePlace(person, row)
    if (person === undefined || place === undefined)
      return database.write((tx) =>
        switchOff(tx, id, {
          actor: null,
          reason:
            person === undefined
              ? 'Whoever asked for it may no longer merge here'
              : namePerson('reason', person, (name) => `${name} may no longer merge here`),
          at: now(),
        }),
      )
    const asked = await findLastRequest(database.read, row)
    const at = now()
    if (asked?.state === 'open' && asked.expiresAt <= at)
      return database.write((tx) =>
        switchOff(tx, id, {
          actor: null,
          reason: namePerson('reason', person, (name) => `${name} was asked for a day and did not tap`),
          at,
        }),
      )
    const ready = await whenReady(row, place, { ...person, address: '' }, row.autoMergeMethod, at)
    if (ready !== undefined) await askForTap(database, ready, { person, at })
    else if (asked?.state === 'open') await database.write((tx) => closeRequestsAbout(tx, [id]))
  }

  /** Undefined where something else than the tap is still missing. */
  async function whenReady(
    row: PullRequest,
    place: RepositoryPlace,
    caller: Merger,
    method: MergeMethod,
    at: number,
  ): Promise<ReadyMerge | undefined> {
    try {
      return await readyMerge(
        parts,
        { place, caller, number: row.number, method },
        { at, lifetimeMs: autoMergeLifetimeMs },
      )
    } catch (error) {
      if (error instanceof ProblemError) return undefined
      throw error
    }
  }

  /** Undefined where they may not merge there any more. */
  async function findMergePlace(
    person: User | undefined,
    { repositoryId }: Pick<PullRequest, 'repositoryId'>,
  ): Promise<RepositoryPlace | undefined> {
    if (person === undefined || person.kind !== 'person' || person.state !== 'active') return undefined
    return findPlaceFor({ db: database.read, root }, person, repositoryId, 'write')
  }

  async function carryOut(id: Id<'prq'>, caller: SessionCaller, sealId: string, method: MergeMethod): Promise<void> {
    landing.add(id)
    try {
      const row = await database.read.selectFrom('pullRequest').selectAll().where('id', '=', id).executeTakeFirst()
      const place = row && (await findMergePlace(await findUserById(database.read, caller.id), row))
      if (row !== undefined && place !== undefined)
        await merge(parts, { place, caller, number: row.number, method, sealId })
    } catch (error) {
      // A refusal stands in the record already; where it is still wanted, a fresh tap is asked for below.
      if (!(error instanceof ProblemError)) log(error, 'merging what was tapped for')
    } finally {
      landing.delete(id)
      waiting.add(id)
      begin()
    }
  }

  const land: NonNullable<OnSealed[string]> = async (tx, { request, seal, caller }) => {
    // What its own page asks for, that page carries out.
    const { about } = request
    if (about === null) return undefined
    const row = await tx
      .selectFrom('pullRequest')
      .selectAll()
      .where('id', '=', about as Id<'prq'>)
      .executeTakeFirst()
    if (row === undefined) throw notFound('This pull request')
    checkNotDraft(row)
    return () => carryOut(row.id, caller, seal.id, seal.action as MergeMethod)
  }

  return {
    onSealed: { merge: land, squash: land, rebase: land, 'fast-forward': land },

    follow: followAutoMerge,

    stir(events) {
      for (const { action, repositoryId } of events) if (stirring.test(action)) scopes.add(repositoryId ?? '*')
      if (scopes.size > 0) begin()
    },

    start() {
      const lookAtAll = (): void => {
        scopes.add('*')
        begin()
      }
      timer = setInterval(lookAtAll, lookAgainMs).unref()
      lookAtAll()
    },

    async settled() {
      while (isWorking) await working
    },

    async close() {
      isClosed = true
      clearInterval(timer)
      await working
    },
  }
}
