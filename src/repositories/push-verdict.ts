import type { Duplex } from 'node:stream'
import { recordEvent } from '../audit/record.ts'
import type { RefUpdateTable } from '../database/schema.ts'
import { ProblemError, tryAgain } from '../http/problem.ts'
import { actorOf } from '../identity/caller.ts'
import { type ReceiveRequest, zeroOid } from '../protocols/git/receive-commands.ts'
import type { AskedCertificate } from './commit-signatures/judge-certificate.ts'
import { holdPush } from './held-push.ts'
import { findLargeFile, sayTooLarge } from './large-files.ts'
import { findMissingLfs } from './lfs/find-missing.ts'
import { findLongNames } from './long-names.ts'
import type { RepositoryPlace } from './place.ts'
import { answer, type PreReceive, sameCommands, say } from './pre-receive.ts'
import { parsePushOptions } from './push-options.ts'
import type { Push, PushParts } from './push-parts.ts'
import { readCertificate } from './push-certificate.ts'
import { type Proposal, readProposal, type ReadProposal } from './push-proposal.ts'
import { landProposal } from './push-propose.ts'
import { linesOf, type Refusal, toldOf } from './push-judgement.ts'
import { listShaped, preparePush } from './push-rules.ts'
import { readPushShapes } from './push-shape.ts'
import { getPusher } from './push-standing.ts'
import { addUnsigned } from './push-unsigned.ts'
import { methodOf } from './ref-updates.ts'

/** The verdict of pre-receive; rows where it is yes and git moves the refs itself. */
export async function decidePush(
  parts: PushParts,
  push: Push,
  incoming: {
    request: ReceiveRequest
    proposal: Proposal | undefined
    asked: PreReceive
    hook: Duplex
    hold: () => void
    setAside: () => Disposable
  },
): Promise<RefUpdateTable[]> {
  const { hook, hold } = incoming
  const verdict = await judge(parts, push, incoming)
  if ('refusal' in verdict) {
    answer(hook, { allow: false, message: linesOf(verdict.refusal.sentences) })
    await recordRefusal(parts, push, verdict.refusal).catch((error: unknown) =>
      parts.log(error, 'a refusal was not recorded'),
    )
    return []
  }
  if ('proposal' in verdict) {
    await landProposal(parts, push, hook, verdict.proposal)
    return []
  }
  hold()
  // Somebody who went away before the verdict has not pushed.
  answer(hook, { allow: !push.answer.stream.destroyed, message: thanks(verdict) })
  return verdict.rows
}

type Verdict = { refusal: Refusal } | { rows: RefUpdateTable[]; isTapped?: boolean } | { proposal: ReadProposal }

async function judge(parts: PushParts, push: Push, incoming: Parameters<typeof decidePush>[2]): Promise<Verdict> {
  const { place } = push
  const { request, asked, proposal } = incoming
  const { commands } = asked
  try {
    if (!sameCommands(commands, request.commands)) throw new Error('git was told other commands than were judged')
    const refusal = await findUnfit(parts, place, asked)
    if (refusal !== undefined) return { refusal }
    const certificate = await readCertificate(parts, place, { request, asked })
    if (certificate !== undefined && 'refusal' in certificate) return certificate
    if (proposal !== undefined) {
      if (asked.quarantine === undefined) throw new Error('a proposal without its objects')
      const read = await readProposal(parts, push, proposal, asked.quarantine)
      return 'refusal' in read ? read : { proposal: read }
    }
    return await prepare(parts, push, { ...incoming, certificate })
  } catch (error) {
    if (error instanceof ProblemError && error.status < 500) return { refusal: endedMeanwhile(commands, error) }
    parts.log(error, 'a push could not be judged')
    return { refusal: notChecked(commands[0]?.ref ?? '') }
  }
}

/** What let the push in has ended: the access of whoever pushes, or the key that they signed with. */
const endedMeanwhile = (commands: PreReceive['commands'], error: ProblemError): Refusal => ({
  outcome: 'refuse',
  code: error.code,
  reason: error.code === 'access-ended' ? 'access ended' : 'refused',
  sentences: toldOf(error),
  ref: commands[0]?.ref ?? '',
})

const notChecked = (ref: string): Refusal => ({
  outcome: 'refuse',
  code: 'internal',
  reason: 'not checked',
  sentences: ['The server could not check this push. It has been logged.', tryAgain],
  ref,
})

/** Prepares what may land; what waits for a tap is prepared when it came. */
async function prepare(
  parts: PushParts,
  { place, answer: { stream }, recognise }: Push,
  {
    asked,
    request,
    hook,
    setAside,
    certificate,
  }: Parameters<typeof decidePush>[2] & { certificate: AskedCertificate | undefined },
): Promise<{ refusal: Refusal } | { rows: RefUpdateTable[]; isTapped?: boolean }> {
  const { database, git, policy, now } = parts
  const { commands, quarantine } = asked
  const shaped = await listShaped(database.read, place, commands)
  const shapes = await addUnsigned(parts, place, {
    commands,
    shapes: await readPushShapes(git, place.folder, shaped, quarantine),
    quarantine,
  })
  const caller = await getPusher({ recognise })
  const { strength } = caller
  const method = methodOf(caller)
  const prepared = await database.write((tx) =>
    preparePush(tx, { place, commands, caller, shapes, certificate, policy, method, strength, at: now() }),
  )
  if (!('waits' in prepared)) return prepared
  if (quarantine === undefined) throw new Error('a push that waits without its objects')
  // Its process does nothing but wait: others get its place meanwhile.
  using _aside = setAside()
  const gone = new AbortController()
  const { promise: answered, resolve } = Promise.withResolvers<void>()
  const onClose = (): void => {
    gone.abort()
    resolve()
  }
  stream.once('close', onClose)
  if (stream.destroyed) onClose()
  return await holdPush(parts, {
    place,
    caller,
    commands,
    shapes,
    waits: prepared.waits,
    certificate,
    quarantine,
    say: (lines) => say(hook, lines),
    withPicture: parsePushOptions(asked.options).withPicture && hasTerminal(request),
    signal: gone.signal,
    answered,
    recognise,
  })
}

/** Stock git shows a picture as it is; in the windows of other programs it is rubbish. */
const hasTerminal = ({ capabilities }: ReceiveRequest): boolean =>
  capabilities.some((each) => /^agent=git\/\d/.test(each))

/** What was pushed and cannot stay, whatever the rules: objects that are too large, names too long, files left behind. */
export async function findUnfit(
  { git, maxBlobBytes }: Pick<PushParts, 'git' | 'maxBlobBytes'>,
  place: RepositoryPlace,
  asked: Pick<PreReceive, 'quarantine' | 'commands'>,
): Promise<Refusal | undefined> {
  const { quarantine, commands } = asked
  if (quarantine === undefined) return undefined
  const tips = commands.map(({ newOid }) => newOid).filter((oid) => oid !== zeroOid)
  const [large, long] = await Promise.all([
    findLargeFile(git, { folder: place.folder, quarantine, tips, maxBytes: maxBlobBytes }),
    findLongNames(git, { folder: place.folder, quarantine, tips }),
  ])
  if (large === undefined) {
    const other = long ?? (await findMissingLfs(git, { folder: place.folder, quarantine, tips }))
    return other && { ...other, ref: commands[0]?.ref ?? '' }
  }
  const help = large.kind === 'file' ? 'Take it out of your commits and push again.' : 'Say less in it and push again.'
  return {
    outcome: 'refuse',
    code: 'file-too-large',
    reason: large.kind === 'file' ? 'a file is too large' : 'its words are too many',
    sentences: [sayTooLarge(large), help],
    ref: asked.commands[0]?.ref ?? '',
  }
}

const thanks = ({ isTapped = false }: { isTapped?: boolean }): string[] =>
  isTapped ? ['Your signed push was the tap.'] : []

export async function recordRefusal(
  { database, now }: Pick<PushParts, 'database' | 'now'>,
  { place, caller }: Pick<Push, 'place' | 'caller'>,
  { ref, code, reason, decision }: Refusal,
): Promise<void> {
  await database.write((tx) =>
    recordEvent(tx, {
      action: 'push.refused',
      actor: actorOf(caller),
      target: { kind: 'ref', id: ref },
      repositoryId: place.repository.id,
      outcome: 'refused',
      facts: { repository: place.path, ref, reason, code },
      ...(decision === undefined ? {} : { decision, personal: { address: caller.address } }),
      at: now(),
    }),
  )
}
