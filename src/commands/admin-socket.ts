import { rmSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Attestation, MetadataState } from '../attestation/attestation.ts'
import type { ImportedMetadata } from '../attestation/import-metadata.ts'
import { withMetadataProblems } from '../attestation/metadata-problem.ts'
import { ownTrust } from '../attestation/trust.ts'
import type { Config } from '../config.ts'
import type { LoadedPolicy } from '../guardrails/in-force.ts'
import { type GuardrailsShown, showGuardrails, switchOff } from '../guardrails/operator.ts'
import type { AccessEnd } from '../identity/ending/shapes.ts'
import { makeOwnerLink, makeSetupLink } from '../identity/instance.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { type RoutesShown, showRoutes } from '../proxy/routes/operator.ts'
import type { Postern } from '../server.ts'
import type { SshView } from '../ssh/shapes.ts'
import { CommandError, sentenceOf } from './say.ts'

export type AdminRequest =
  | { command: 'setup-link'; owner?: string }
  | { command: 'metadata-import'; blob: string; source: string; /** PEM */ root?: string }
  | { command: 'metadata-show' }
  | { command: 'end-access'; username: string; reason: string }
  | { command: 'guardrails-show' }
  | { command: 'ssh-host-key' }
  | { command: 'routes-list' }
  | { command: 'guardrails-off'; /** All of them, if not given. */ rule?: string }

export interface AdminAnswers {
  'guardrails-show': GuardrailsShown
  'guardrails-off': GuardrailsShown
  'routes-list': RoutesShown
  'end-access': { end: AccessEnd; /** Nobody owns the instance now. */ isOwnerless: boolean }
  /** Null where SSH is off. */
  'ssh-host-key': { ssh: SshView | null }
  'setup-link': { url: string; expiresAt: number; username: string | null }
  'metadata-import': ImportedMetadata
  'metadata-show': { inForce: MetadataState | null; refusedStatuses: readonly string[] }
}
export type AdminAnswer<Request extends AdminRequest> = AdminAnswers[Request['command']] | { error: string }

export interface Administered {
  ceremonies: Pick<Ceremonies, 'database' | 'place' | 'now'>
  attestation: Attestation
  policy: Pick<LoadedPolicy, 'refresh'>
  endByShell(wanted: { username: string; reason: string }): Promise<AdminAnswers['end-access']>
  ssh(): SshView | null | Promise<SshView | null>
}

const socketPath = (dataFolder: string): string => join(dataFolder, 'admin.sock')

/** Carries out what an operator asks of a running server; whoever may open the 0600 socket may also read its data. */
export async function answerAdmin<Request extends AdminRequest>(
  administered: Administered,
  request: Request,
): Promise<AdminAnswers[Request['command']]>
export async function answerAdmin(
  { ceremonies, attestation, policy, endByShell, ssh }: Administered,
  request: AdminRequest,
): Promise<AdminAnswers[AdminRequest['command']]> {
  if (request.command === 'metadata-import') return importMetadata(attestation, request)
  if (request.command === 'metadata-show')
    return { inForce: (await attestation.findState()) ?? null, refusedStatuses: attestation.refuseStatuses }
  if (request.command === 'ssh-host-key') return { ssh: await ssh() }
  const { database, place, now } = ceremonies
  if (request.command === 'end-access') return endByShell(request)
  if (request.command === 'routes-list') return showRoutes(database)
  if (request.command === 'guardrails-off') {
    await switchOff(database, request.rule, now())
    await policy.refresh()
    return showGuardrails(database)
  }
  if (request.command === 'guardrails-show') return showGuardrails(database)
  const instance = await database.read.selectFrom('instance').select('setUpAt').executeTakeFirst()
  if (instance === undefined || instance.setUpAt === null) {
    if (request.owner !== undefined)
      throw new CommandError(
        `There is no owner called ${request.owner}: nobody has set this instance up yet. Leave out --owner, for the first owner’s link.`,
      )
    return { ...(await makeSetupLink(database, place.origin, now())), username: null }
  }
  return makeOwnerLink(database, place.origin, request.owner, now())
}

function importMetadata(
  attestation: Attestation,
  { blob, source, root }: Extract<AdminRequest, { command: 'metadata-import' }>,
): Promise<ImportedMetadata> {
  return withMetadataProblems(() =>
    attestation.importBlob(blob, {
      source,
      ...(root === undefined ? {} : { trust: ownTrust(root) }),
      by: () => Promise.resolve({ actor: null, method: 'shell' }),
    }),
  )
}

export async function listenForAdmin(config: Config, postern: Postern): Promise<() => Promise<void>> {
  const path = socketPath(config.dataFolder)
  // The data folder is locked, so a socket here was left behind.
  rmSync(path, { force: true })
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    socket.on('error', () => {})
    try {
      const request = JSON.parse(await readToEnd(socket)) as AdminRequest
      socket.end(JSON.stringify(await answerAdmin(postern, request)))
    } catch (error) {
      socket.end(JSON.stringify({ error: error instanceof Error ? sentenceOf(error) : 'failed' }))
    }
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  await chmod(path, 0o600)
  return () => new Promise((resolve) => server.close(() => resolve()))
}

// Iterating over the socket instead would also close our own side of it.
const readToEnd = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let read = ''
    socket.setEncoding('utf8').on('data', (part: string) => (read += part))
    socket.once('end', () => resolve(read)).once('error', reject)
  })

/** Asks the running server; undefined where none runs. */
export async function askRunningServer<Request extends AdminRequest>(
  dataFolder: string,
  request: Request,
): Promise<AdminAnswer<Request> | undefined> {
  const socket = connect({ path: socketPath(dataFolder), allowHalfOpen: true })
  try {
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  } catch {
    return undefined
  }
  socket.end(JSON.stringify(request))
  const answer = await readToEnd(socket)
  if (answer === '') throw new CommandError('the server went away while it was asked.')
  return JSON.parse(answer) as AdminAnswer<Request>
}
