import { randomBytes } from 'node:crypto'
import { createImports } from '../mirrors/imports.ts'
import { createMirrors } from '../mirrors/mirrors.ts'
import { createProvenance } from '../provenance/provenance.ts'
import { createAutoMerge } from '../pull-requests/auto-merge-asking.ts'
import { followBranches } from '../pull-requests/follow-branches.ts'
import { createOpenForPush } from '../pull-requests/open-for-push.ts'
import { recordMerge } from '../pull-requests/record-merge.ts'
import { createLfsRoom } from '../repositories/lfs/limits.ts'
import type { JudgeModel } from '../repositories/commit-signatures/judge-certificate.ts'
import { createForgottenPushes } from '../repositories/held-push-remains.ts'
import { createHeldPushes } from '../repositories/held-pushes.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { createProjection } from '../repositories/projection.ts'
import { createPushNonces } from '../repositories/push-nonces.ts'
import type { RefMoved } from '../repositories/ref-updates.ts'
import { reconcile } from '../repositories/reconcile.ts'
import { sweep } from '../repositories/sweep.ts'
import { emptyTrash } from '../repositories/trash.ts'
import type { Foundations } from './foundations.ts'
import type { PeopleParts } from './people.ts'
import type { Storage } from './storage.ts'

export type CodeParts = Awaited<ReturnType<typeof openCode>>

/** What happens to code: pushes, merges, their proofs, what comes from and goes to other servers. */
export async function openCode(base: Foundations, { root, git, maintenance }: Storage, { waiting }: PeopleParts) {
  const { config, database, attestation, secrets, outbound, place, origin, policy, meters, opened, log, now } = base
  const { maxPushBytes, operationTimeoutMs: operationMs, maxBlobBytes } = config.limits
  const { maxLfsFileBytes: objectBytes, maxLfsRepositoryBytes: repositoryBytes } = config.limits
  const lfsRoom = createLfsRoom({ objectBytes, repositoryBytes }, now)

  const heldPushes = createHeldPushes(meters.pushHeld)
  opened.defer(() => heldPushes.close())
  const mirrors = createMirrors({ database, git, root, outbound, secrets, now, log, limits: { operationMs } })
  opened.defer(() => mirrors.close())
  const projection = createProjection({ database, git, root, now, onWritten: mirrors.changed })
  opened.defer(() => projection.close())
  const parts = { database, git, root, origin, policy, now, log, projection }
  const provenance = await createProvenance({ ...parts, secrets })
  opened.defer(() => provenance.close())
  base.follow(mirrors.follow, provenance.onEvent)

  // What was under way when it stopped, before anything new begins.
  const swept = sweep(root)
  await emptyTrash(root)
  await reconcile({ ...parts, onDone: recordMerge })
  const forgotten = createForgottenPushes({
    ...parts,
    listLivingNodes: base.bus.listLiving,
    onError: base.failing('ending pushes whose node is gone'),
  })
  opened.defer(() => forgotten.close())
  await forgotten.end(swept)

  const followUp = async (pushed: RepositoryPlace, rows: Parameters<typeof followBranches>[2]): Promise<void> => {
    await followBranches(parts, pushed, rows)
    await projection.project(pushed)
    await provenance.attest(pushed)
    maintenance.changed(pushed.folder)
  }
  // The refs have moved by then: what fails is done again at the next change, and no answer turns into a refusal.
  const afterPush = (...moved: Parameters<typeof followUp>): Promise<void> =>
    followUp(...moved).catch(base.failing('what follows from moved refs'))
  // Whoever hears of a merge or push, by an event, a webhook or its page, and clones, finds the proof of it.
  const onMoved: RefMoved = (moved, rows) =>
    projection
      .project(
        moved,
        rows.map(({ id }) => id),
      )
      .catch(base.failing('bringing proofs into a repository'))
  const merging = { ...parts, site: place, onMoved, project: (merged: RepositoryPlace) => afterPush(merged, []) }
  const autoMerge = createAutoMerge(merging)
  opened.defer(() => autoMerge.close())
  base.follow(autoMerge.follow)
  base.after(autoMerge.stir)
  const pushing = {
    ...parts,
    site: place,
    maxBlobBytes,
    onMoved,
    onDone: recordMerge,
    afterPush,
    waiting,
    heldPushes,
    nodeId: base.bus.id,
    pushWaitSeconds: config.pushWaitSeconds,
    openForPush: createOpenForPush(parts),
    pushNonces: createPushNonces(await secrets.getOrCreate('push-nonces', () => randomBytes(32).toString('base64url'))),
    judgeModel: async (shown: Parameters<JudgeModel>[0]) => (await attestation.judge(shown)).outcome,
  }
  const imports = createImports({
    ...parts,
    outbound,
    lfsRoom,
    secrets,
    limits: { maxBytes: maxPushBytes, maxBlobBytes, operationMs },
    afterPush: (landed) => afterPush(landed, []),
  })
  opened.defer(() => imports.close())
  const projectAll = (): void => void projection.projectAll().catch(base.failing('projection of all repositories'))
  // What stands of the keys of somebody who leaves is written down then, not when somebody pushes next.
  base.after((events) => {
    if (events.some(({ action }) => action === 'access.ended')) projectAll()
  })

  return {
    parts,
    merging,
    pushing,
    lfs: { room: lfsRoom, operationMs },
    autoMerge,
    provenance,
    mirrors,
    imports,
    /** After something that changes the signers of many repositories at once. */
    projectAll,
    async start(): Promise<void> {
      projectAll()
      void provenance.attestLeft().catch(base.failing('what was left to say of changes'))
      await imports.start()
      mirrors.start()
      forgotten.start()
      autoMerge.start()
    },
  }
}
