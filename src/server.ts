import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createOnPermitted } from './agents/on-permitted.ts'
import { agentsRoutes } from './agents/routes.ts'
import { accessKinds, stoppedByRecovery } from './access-kinds.ts'
import { createJoinerLetters } from './announcements/announce.ts'
import { announcementRoutes } from './announcements/routes.ts'
import { createTokenSource } from './access-keys/api-tokens.ts'
import { createAuthenticator } from './access-keys/authenticate.ts'
import { createBriefTokens } from './access-keys/brief-tokens.ts'
import { loadCertificateAuthority } from './access-keys/certificates/certificate-authority.ts'
import { createCertificateSource } from './access-keys/certificates/certificate-source.ts'
import { createCertificateFollower } from './access-keys/certificates/end-with.ts'
import { createTokenFollower } from './access-keys/cut-with-token.ts'
import { certificateRoutes } from './access-keys/certificates/routes.ts'
import { endAskingToken } from './access-keys/end-token.ts'
import { sshKeyRoutes } from './access-keys/ssh-keys/routes.ts'
import { createPersonKeySource } from './access-keys/ssh-keys/ssh-key-source.ts'
import { accessKeyRoutes } from './access-keys/routes.ts'
import { KEY_ENDED, type SshSource } from './access-keys/ssh-credential.ts'
import type { ApplicationKinds } from './applications/application-kind.ts'
import { applicationRoutes } from './applications/routes.ts'
import type { AuditEntry } from './audit/entry.ts'
import { afterEvents, type EventFollower, followEvents } from './audit/follow-events.ts'
import { auditRoutes } from './audit/routes.ts'
import { type Attestation, createAttestation } from './attestation/attestation.ts'
import { createMetadataSchedule } from './attestation/metadata-schedule.ts'
import { attestationRoutes } from './attestation/routes.ts'
import { checkRoutes } from './checks/routes.ts'
import type { Config } from './config.ts'
import type { Tx } from './database/handles.ts'
import { openDatabase } from './database/open.ts'
import type { Id } from './database/id.ts'
import { demoRoutes } from './demo/routes.ts'
import { createWindingUp } from './directory/connections/winding-up.ts'
import { directoryRoutes } from './directory/routes.ts'
import { createInvite } from './directory/scim/invite.ts'
import { createDomainWatch } from './directory/domains/watch-domains.ts'
import { findDomainOfAddress } from './directory/domains/find-domain.ts'
import { followPeople } from './directory/domains/follow-people.ts'
import { lookAtFile } from './directory/domains/look-at-file.ts'
import { lookInDns } from './directory/domains/look-in-dns.ts'
import { homeRoutes } from './home/routes.ts'
import { enforceAccess } from './http/access.ts'
import { createBus } from './bus/bus.ts'
import { createApp } from './http/app.ts'
import { limitBodyTime } from './http/body-deadline.ts'
import type { Front } from './http/front.ts'
import { listenAtOtherLoopback } from './http/other-loopback.ts'
import { consoleRoutes } from './http/console.ts'
import { cookieNames } from './http/cookies.ts'
import { trackConnections } from './http/open-connections.ts'
import { healthRoutes } from './http/health.ts'
import { openapiRoutes } from './http/openapi.ts'
import { forbidden } from './http/problem.ts'
import { limitRates } from './http/rate-limit.ts'
import { newSecret } from './http/secret.ts'
import { createApproval } from './guardrails/approval.ts'
import { type LoadedPolicy, loadPolicy } from './guardrails/in-force.ts'
import { guardrailRoutes } from './guardrails/routes.ts'
import { getActor } from './identity/actor.ts'
import { actorOf, getPerson, isAdmin } from './identity/caller.ts'
import { createChallenges } from './identity/challenges.ts'
import { challengesInMemory } from './identity/challenges-in-memory.ts'
import { challengesInTable } from './identity/challenges-in-table.ts'
import { ensureInstance } from './identity/instance.ts'
import type { Ceremonies } from './identity/registration.ts'
import { rejudgeCredentials } from './identity/rejudge-credentials.ts'
import { ACCESS_ENDED, createEndAccess, SESSION_ENDED, type EndAccess } from './identity/ending/end-access.ts'
import { endByShell } from './identity/ending/end-by-shell.ts'
import { createReceipts } from './identity/ending/receipts.ts'
import { invitationAdmission } from './identity/invitations/admission.ts'
import { selfAdmission } from './identity/self-registration/admission.ts'
import { identityRoutes } from './identity/routes.ts'
import { insightRoutes } from './insights/routes.ts'
import { createDeployKeySource } from './machines/deploy-keys/deploy-key-source.ts'
import { yieldToPerson } from './machines/deploy-keys/yield-to-person.ts'
import { endHomelessMachines } from './machines/end-homeless.ts'
import { machineRoutes } from './machines/routes.ts'
import { createMail } from './mail/mail.ts'
import { mailRoutes } from './mail/routes.ts'
import { createChanges } from './live/changes.ts'
import { createLive } from './live/live.ts'
import { liveRoutes } from './live/routes.ts'
import { isActName } from './policy/acts.ts'
import { createImports } from './mirrors/imports.ts'
import { createMirrors } from './mirrors/mirrors.ts'
import { mirrorsRoutes } from './mirrors/routes.ts'
import { createMeters } from './metrics/meters.ts'
import { measureRequests } from './metrics/measure-requests.ts'
import { metricsRoutes } from './metrics/routes.ts'
import type { RecoveryStops } from './identity/recovery/begin-recovery.ts'
import { createOutbound } from './outbound/outbound.ts'
import { createNotifier } from './notify/notifier.ts'
import { notifyRoutes } from './notify/routes.ts'
import { createWebPush } from './notify/web-push.ts'
import { createProvenance } from './provenance/provenance.ts'
import { provenanceRoutes } from './provenance/routes.ts'
import { connectorRoutes } from './proxy/connectors/routes.ts'
import { createAssertionKeys } from './proxy/entry/assertion-keys.ts'
import { createEntry } from './proxy/entry/create-entry.ts'
import { createRouteSessionFollower } from './proxy/entry/end-with-sessions.ts'
import { entryRoutes } from './proxy/entry/entry-routes.ts'
import type { EntryParts } from './proxy/entry/parts.ts'
import { routeCookieNames } from './proxy/entry/route-cookies.ts'
import { createRoutes } from './proxy/routes/load-routes.ts'
import { routeStateRoute } from './proxy/routes/state-route.ts'
import { createWho } from './proxy/who/who.ts'
import { fileAttention } from './proxy/routes/report-file.ts'
import { followBranches } from './pull-requests/follow-branches.ts'
import { createAutoMerge } from './pull-requests/auto-merge-asking.ts'
import { createConfirmation } from './pull-requests/confirm-bypass.ts'
import { recordMerge } from './pull-requests/record-merge.ts'
import { createOpenForPush } from './pull-requests/open-for-push.ts'
import { createOnApproved } from './pull-requests/review/on-approved.ts'
import { pullRequestRoutes } from './pull-requests/routes.ts'
import { findAuditedRepository } from './repositories/audited-repository.ts'
import { createGit } from './repositories/git.ts'
import { endForgottenPushes } from './repositories/held-push-remains.ts'
import { givenRoles } from './repositories/given-roles.ts'
import { createHeldPushes } from './repositories/held-pushes.ts'
import { createMaintenance } from './repositories/maintenance.ts'
import { forgetGroupGrants } from './repositories/members.ts'
import { type RepositoryPlace, whereOf } from './repositories/place.ts'
import { createProjection } from './repositories/projection.ts'
import { listReachablePaths, listReadableIds } from './repositories/reachable.ts'
import { reconcile } from './repositories/reconcile.ts'
import { revokeKey } from './repositories/revoked-keys.ts'
import type { JudgeModel } from './repositories/commit-signatures/judge-certificate.ts'
import { createPushNonces } from './repositories/push-nonces.ts'
import { repositoriesRoutes } from './repositories/routes.ts'
import { sweep } from './repositories/sweep.ts'
import { createSshTransport } from './repositories/ssh-transport.ts'
import { emptyTrash } from './repositories/trash.ts'
import { loadSecretKey } from './secrets/secret-key.ts'
import { createSecrets } from './secrets/secrets.ts'
import { loadSigningKey } from './secrets/signing-key.ts'
import { createActGuard } from './seals/act-guard.ts'
import { countOpenRequests } from './seals/count-open.ts'
import { sealRoutes } from './seals/routes.ts'
import { createWaiting } from './seals/waiting.ts'
import { createGrantSource } from './sign-on/grant-source.ts'
import { createClientCache } from './sign-on/openid/client-cache.ts'
import { followSession } from './sign-on/openid/follow-session.ts'
import { createOpenidKind } from './sign-on/openid/openid-kind.ts'
import { signOnRoutes } from './sign-on/routes.ts'
import { samlRoutes } from './sign-on/saml/routes.ts'
import { createSamlKind } from './sign-on/saml/saml-kind.ts'
import { createSamlKeys } from './sign-on/saml/signing-keys.ts'
import { createSignOnKeys } from './sign-on/signing-keys.ts'
import { cutsConnections, endingWith } from './cut-connections.ts'
import { openFronts } from './fronts.ts'
import { createGuards } from './guards.ts'
import { createJobs } from './jobs.ts'
import { createLetterFollower } from './letters.ts'
import { createRouteKinds } from './route-kinds.ts'
import { loadHostKey } from './ssh/host-key.ts'
import { sshRoutes, viewOf } from './ssh/routes.ts'
import type { SshView } from './ssh/shapes.ts'
import { createSshServer, type SshServer } from './ssh/ssh-server.ts'
import { version } from './version.ts'
import { queueDeliveries } from './webhooks/queue-deliveries.ts'
import { webhookRoutes } from './webhooks/routes.ts'

export interface Postern {
  ceremonies: Ceremonies
  policy: LoadedPolicy
  attestation: Attestation
  endAccess: EndAccess
  /** An end that whoever has the machine decides. */
  endByShell(wanted: { username: string; reason: string }): ReturnType<typeof endByShell>
  isSetUp: boolean
  /** Where SSH listens; null where it is off, 0 before it does. */
  sshPort(): number | null
  /** Where people reach it; null where it is off. */
  ssh(): SshView | null
  /** Every route as it was declared, for the access table. */
  routes: readonly { method: string; url: string; access: string; act: string }[]
  listen(): Promise<void>
  close(): Promise<void>
}

const consoleFolder = fileURLToPath(new URL('../dist/console', import.meta.url))

/**
 * The composition root: the one place that names every feature and hands each what it needs, clock included. It
 * decides nothing itself.
 */
export async function createPostern(config: Config, now: () => number = Date.now): Promise<Postern> {
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 })
  // What was opened is closed again in reverse order, also when the start fails half way.
  await using opened = new AsyncDisposableStack()
  const store = await openDatabase(config.databaseUrl)
  opened.defer(() => store.close())
  const place = { rpId: config.rpId, origin: config.url.origin }
  const { origin } = place
  const mail = createMail({
    database: store,
    settings: config.mail,
    origin,
    now,
    onError: (error, letter) => log(error, `sending the letter ${letter}`),
  })
  opened.defer(() => mail.close())
  const followers: EventFollower[] = [
    createLetterFollower(mail),
    (tx, event, id) => queueDeliveries(tx, event, { event: id, origin }),
  ]
  const live = createLive({
    changes: createChanges({ db: store.read, now }),
    onError: (error) => log(error, 'looking for changes'),
  })
  opened.defer(() => live.close())
  const bus = createBus({
    onDeaf: () => connections.cutAll(),
    database: store,
    now,
    onError: (error) => log(error, 'reading what has ended'),
  })
  opened.defer(() => bus.close())
  const afterwards: ((events: readonly AuditEntry[]) => void)[] = [
    () => live.nudge(),
    (events) => {
      if (events.some(({ action }) => cutsConnections.has(action))) void bus.nudge()
    },
  ]
  const told = afterEvents(store, (events) => afterwards.forEach((tell) => tell(events)))
  const database = followEvents(told, async (tx, event, id) => {
    for (const follow of followers) await follow(tx, event, id)
  })
  const instance = await ensureInstance(database, place, now())
  const secrets = await createSecrets({ database, key: await loadSecretKey(config.secretKey, config.dataFolder), now })
  const outbound = createOutbound({ allow: config.outboundAllow })
  const cookies = cookieNames(config.url)
  const meters = createMeters({ countOpenSealRequests: () => countOpenRequests(store.read, now()) })
  opened.defer(() => meters.close())
  const policy = await loadPolicy(database, {
    onError: (error) => log(error, 'reading the policy'),
    decided: meters.decision,
  })
  opened.defer(() => policy.close())
  const who = createWho({ issuer: origin, jwks: () => entering.keys.jwks() })
  opened.defer(() => who.close())
  const proxied = createRoutes({
    database,
    upstreamOf: who.upstreamOf,
    onError: (error) => log(error, 'reading the routes'),
  })
  opened.defer(() => proxied.close())
  afterwards.push(proxied.after)
  const challengeStore = database.volatile === undefined ? challengesInMemory() : challengesInTable(database.volatile)
  const challenges = createChallenges(challengeStore, now)
  const attestation = createAttestation({
    ...config.metadata,
    database,
    now,
    refuseStatuses: () => policy.current().policy.refusedModelStatuses,
  })
  let judging = Promise.resolve()
  opened.defer(() => judging)
  // Safe to be cut off: the next start does the rest.
  const judgeAnew = (): void => {
    judging = judging.then(attestation.catchUp).catch((error: unknown) => log(error, 'judging passkeys anew'))
  }
  // Other reports may count from now on.
  policy.onChanged(judgeAnew)
  attestation.onImported((number) => rejudgeCredentials({ database, attestation, bus, now }, number))
  const ceremonies: Ceremonies = { database, challenges, place, policy, attestation, now }
  const certificateAuthority = await loadCertificateAuthority(secrets)
  const briefTokens = await createBriefTokens({ database, policy, secrets })
  const sources = [createTokenSource({ database, policy }), briefTokens.source, createGrantSource({ database, policy })]
  const sshSources: SshSource[] = [
    createPersonKeySource({ database, policy, attestation }),
    createCertificateSource({ database, policy, authority: certificateAuthority, host: place.rpId }),
    createDeployKeySource({ database, policy, now }),
  ]
  const authenticator = createAuthenticator({ database, cookies, origin, policy, sources, now })
  const cutKey = (tx: Tx<'busHead' | 'busMessage'>, id: string, at: number): Promise<number> =>
    bus.publish(tx, KEY_ENDED, id, at)
  const entering: EntryParts = {
    database,
    policy,
    bus,
    sources,
    origin,
    cookies: routeCookieNames(origin),
    keys: createAssertionKeys({ secrets, since: instance.createdAt, now }),
    cut: cutKey,
    now,
  }
  // Before the connections: what has ended is forgotten first, and let on no more.
  const entry = createEntry(entering)
  followers.push(createRouteSessionFollower(cutKey))
  afterwards.push(entry.after)

  const root = join(config.dataFolder, 'repositories')
  await mkdir(root, { recursive: true, mode: 0o700 })
  const { maxPushBytes, operationTimeoutMs, maxBlobBytes } = config.limits
  const git = await createGit({
    dataFolder: config.dataFolder,
    limits: { pushBytes: maxPushBytes, operationMs: operationTimeoutMs },
  })
  opened.defer(() => git.close())
  const fronts: Front[] = []
  const app = createApp({ ...config, log: { level: config.logLevel }, fronts })
  limitBodyTime(app)
  measureRequests(app, meters)
  const log = (error: unknown, doing: string): void => app.log.error({ err: error }, doing)
  const maintenance = createMaintenance({ git, onError: (error) => log(error, 'maintenance') })
  opened.defer(() => maintenance.close())
  opened.defer(() => app.close())
  let sshServer: SshServer | undefined
  opened.defer(() => sshServer?.close())
  const connections = trackConnections(app, {
    accountsOf: ({ caller }) => (caller === undefined ? [] : [caller.id, ...endingWith(caller.by)]),
  })
  bus.on(ACCESS_ENDED, (userId) => connections.cut(userId))
  const proxy = openFronts({ config, database, routes: proxied, entry, policy, connections, now, logger: app.log })
  opened.defer(() => proxy.close())
  meters.watchRoutes(proxy.door.figures)
  fronts.push(...proxy.fronts)
  bus.on(KEY_ENDED, (id) => connections.cut(id))
  followers.push(endHomelessMachines({ cut: cutKey }), yieldToPerson({ cut: cutKey }))
  bus.on(SESSION_ENDED, (sessionId) => connections.cut(sessionId))
  const endAccess = createEndAccess(accessKinds, bus)
  const key = await loadSigningKey(secrets, 'access-ends')
  const receipts = createReceipts({
    database,
    bus,
    key,
    origin,
    now,
    onError: (error) => log(error, 'signing what has ended'),
  })
  opened.defer(() => receipts.close())
  const stops: RecoveryStops = {
    kinds: stoppedByRecovery,
    cut: (tx, userId, at) => bus.publish(tx, ACCESS_ENDED, userId, at),
  }
  const waiting = createWaiting(ceremonies)
  const heldPushes = createHeldPushes(meters.pushHeld)
  opened.defer(() => heldPushes.close())
  const mirrors = createMirrors({
    database,
    git,
    root,
    outbound,
    secrets,
    now,
    log,
    limits: { operationMs: operationTimeoutMs },
  })
  opened.defer(() => mirrors.close())
  followers.push(mirrors.follow)
  const announcing = { database, now, queueLetter: mail.queue }
  followers.push(createJoinerLetters(announcing))
  followers.push(createCertificateFollower(cutKey), createTokenFollower(cutKey))
  const projection = createProjection({ database, git, root, now, onWritten: mirrors.changed })
  opened.defer(() => projection.close())
  const { url: metadataUrl } = config.metadata
  const onFetchError = (error: unknown): void => log(error, 'fetching authenticator metadata')
  const schedule = createMetadataSchedule({ url: metadataUrl, attestation, now, onError: onFetchError })
  opened.defer(() => schedule.close())
  const parts = { database, git, root, origin, policy, now, log, projection }
  const webPush = await createWebPush({ secrets, outbound, origin })
  const notifier = createNotifier({
    database,
    webPush,
    origin,
    now,
    queueLetter: (tx, letter) => mail.queue(tx, letter),
    onError: (error) => log(error, 'telling somebody that something waits for them'),
  })
  opened.defer(() => notifier.close())
  const provenance = await createProvenance({ ...parts, secrets })
  followers.push(provenance.onEvent)
  await sweep(root)
  await emptyTrash(root)
  await reconcile({ ...parts, onDone: recordMerge })
  await endForgottenPushes(parts)

  const routes: { method: string; url: string; access: string; act: string }[] = []
  app.addHook('onRoute', ({ method, url, config: declared }) => {
    if (declared?.act !== undefined && !isActName(declared.act.name))
      throw new Error(
        `${String(method)} ${url} declares the act ${declared.act.name}, which policy/acts.ts does not list`,
      )
    for (const each of [method].flat())
      routes.push({ method: each, url, access: declared?.access ?? '', act: declared?.act?.name ?? '' })
  })
  app.decorateRequest('caller', undefined)
  app.decorateRequest('directory', undefined)
  app.decorateRequest('place', undefined)
  app.decorateRequest('project', undefined)
  app.decorateRequest('takeSeal', () => Promise.reject(new Error('this route declares no act')))

  const limits = await limitRates(app, {
    perAddress: config.rateLimit,
    accountOf: (request) => request.caller?.id ?? request.directory?.id,
    onRefused: meters.rateLimited,
  })
  enforceAccess(app, {
    access: createGuards({ database, root, authenticator, limits, now, metricsToken: config.metricsToken }),
    act: createActGuard(ceremonies, whereOf),
  })

  const afterPush = async (pushed: RepositoryPlace, rows: Parameters<typeof followBranches>[2]): Promise<void> => {
    await followBranches(parts, pushed, rows)
    await projection.project(pushed)
    await provenance.attest(pushed)
    maintenance.changed(pushed.folder)
  }
  const merging = { ...parts, site: place, project: (merged: RepositoryPlace) => afterPush(merged, []) }
  const autoMerge = createAutoMerge(merging)
  opened.defer(() => autoMerge.close())
  followers.push(autoMerge.follow)
  afterwards.push(autoMerge.stir)
  const projectAll = (): void =>
    void projection.projectAll().catch((error: unknown) => log(error, 'projection of all repositories'))
  const isReady = (): Promise<boolean> =>
    database.read
      .selectFrom('instance')
      .select('id')
      .execute()
      .then(
        (rows) => rows.length === 1,
        () => false,
      )

  await openapiRoutes(app, { url: origin, version })
  healthRoutes(app, { isReady })
  metricsRoutes(app, { meters })
  identityRoutes(app, {
    ceremonies,
    endAccess,
    secrets,
    admissions: [
      selfAdmission(async (db, email) => (await findDomainOfAddress(db, email))?.state === 'verified'),
      invitationAdmission(givenRoles),
    ],
    places: givenRoles,
    queueLetter:
      mail.from === null
        ? null
        : (tx, { address, facts }) => mail.queue(tx, { to: { address, name: '' }, kind: 'invitation', facts }),
    writeLetter: mail.from === null ? null : (tx, letter) => mail.queue(tx, letter),
    receipts,
    countOpen: connections.count,
    cookies,
    version,
    forgetGroupGrants,
    signersChanged: projectAll,
    revokeKey,
    stops,
    onBreakGlassUsed: meters.breakGlassUsed,
  })
  attestationRoutes(app, {
    db: database.read,
    attestation,
    schedule,
    now,
    actorOf: (request, seal) => actorOf(getActor(request), seal),
  })
  sealRoutes(app, {
    onSealed: {
      'guardrail.approve': createApproval({ policy, now }),
      ...autoMerge.onSealed,
      approve: createOnApproved({ policy, now }),
      'agent.permit': createOnPermitted({ policy, now }),
      confirm: createConfirmation(merging),
    },
    ceremonies,
    waiting,
    recognise: (request) => authenticator.fromRequest(request),
    endToken: endAskingToken,
  })
  agentsRoutes(app, { ceremonies })
  announcementRoutes(app, announcing)
  const openidClients = createClientCache({ db: database.read, now })
  const signOnKeys = createSignOnKeys({ secrets, wantsRsa: openidClients.wantsRsa, now })
  afterwards.push((events) => {
    if (events.some(({ action }) => action.startsWith('application.'))) openidClients.forget()
  })
  await signOnRoutes(app, {
    ceremonies,
    bus,
    secrets,
    cookies,
    briefTokens,
    clients: openidClients,
    keys: signOnKeys,
    listReachablePaths: (userId, ids) => listReachablePaths(database.read, userId, ids),
    onError: (error) => log(error, 'answering a program that wants to be let in'),
  })
  entryRoutes(app, {
    ...entering,
    routes: proxied,
    cookieNames: cookies,
    recognise: (request) => authenticator.fromRequest(request),
    followSession: (tx, moved) => followSession(tx, { bus, ...moved }),
  })
  accessKeyRoutes(app, {
    ceremonies,
    listReachablePaths: (userId, ids) => listReachablePaths(database.read, userId, ids),
  })
  sshKeyRoutes(app, { ceremonies, cut: (tx, id, at) => bus.publish(tx, KEY_ENDED, id, at) })
  certificateRoutes(app, {
    ceremonies,
    authority: certificateAuthority,
    cut: cutKey,
  })
  const pushing = {
    ...parts,
    maxBlobBytes,
    onDone: recordMerge,
    afterPush,
    waiting,
    heldPushes,
    pushWaitSeconds: config.pushWaitSeconds,
    openForPush: createOpenForPush(parts),
    pushNonces: createPushNonces(await secrets.getOrCreate('push-nonces', () => randomBytes(32).toString('base64url'))),
    judgeModel: async (shown: Parameters<JudgeModel>[0]) => (await attestation.judge(shown)).outcome,
  }
  repositoriesRoutes(app, { ...pushing, recognise: (request) => authenticator.again(request) })
  const hostKey = await loadHostKey(secrets)
  const sshView = (): SshView | null =>
    sshServer === undefined
      ? null
      : viewOf(hostKey, config.sshAddress ?? { host: place.rpId, port: sshServer.port() || (config.sshPort ?? 0) })
  sshServer =
    config.sshPort === null
      ? undefined
      : createSshServer({
          sources: sshSources,
          hostKey,
          transport: createSshTransport({ ...pushing, db: database.read }),
          connections,
          database,
          origin,
          address: () => sshView() ?? { host: place.rpId, port: 0 },
          rateLimit: config.rateLimit,
          listen: config.sshListen,
          port: config.sshPort,
          now,
          log,
          onRefused: () => meters.rateLimited('ceremony', 'address'),
        })
  sshRoutes(app, { view: sshView })
  checkRoutes(app, parts)
  pullRequestRoutes(app, merging)
  liveRoutes(app, {
    db: database.read,
    live,
    listReadable: (caller, ids) => listReadableIds(database.read, caller, ids),
    recognise: (request) => authenticator.fromRequest(request),
  })
  notifyRoutes(app, { database, webPush, outbound, isMailSetUp: mail.from !== null, now })
  provenanceRoutes(app, { db: database.read, provenance })
  guardrailRoutes(app, { ceremonies, policy })
  const imports = createImports({
    ...parts,
    outbound,
    secrets,
    limits: {
      maxBytes: maxPushBytes,
      maxBlobBytes,
      operationMs: operationTimeoutMs,
    },
    afterPush: (landed) => afterPush(landed, []),
  })
  opened.defer(() => imports.close())
  mirrorsRoutes(app, { ...parts, outbound, secrets, imports, mirrors })
  connectorRoutes(app, { database, bus, tunnels: proxy.tunnels, now })
  machineRoutes(app, {
    database,
    policy,
    outbound,
    cut: (tx, id, at) => bus.publish(tx, KEY_ENDED, id, at),
    origin,
    now,
  })
  webhookRoutes(app, { database, outbound, secrets, origin, now })
  const windingUp = createWindingUp({
    database,
    endAccess,
    now,
    onError: (error) => log(error, 'ending the access of people of a directory that was disconnected'),
  })
  opened.defer(() => windingUp.close())
  const domains = {
    database,
    look: { dns: lookInDns({ servers: config.dnsServers }), https: lookAtFile(outbound) },
    now,
  }
  const domainWatch = createDomainWatch({
    ...domains,
    onError: (error) => log(error, 'looking after domains'),
  })
  opened.defer(() => domainWatch.close())
  followers.push(followPeople)
  directoryRoutes(app, {
    ...domains,
    ceremonies,
    endAccess,
    cookies,
    outbound,
    secrets,
    database,
    origin,
    windingUp,
    policy,
    forgetGroupGrants,
    invite: createInvite({ mail, origin }),
    writeLetter: mail.from === null ? null : (tx, letter) => mail.queue(tx, letter),
    now,
  })
  const routeKinds = createRouteKinds({
    config,
    database,
    cut: cutKey,
    countProblems: meters.routesFile,
    now,
    logger: app.log,
  })
  const { routesFile } = routeKinds
  if (routesFile !== undefined) opened.defer(() => routesFile.close())
  const saml = {
    keys: createSamlKeys({ database, secrets, host: place.rpId, now }),
    pseudonymKey: await secrets.getOrCreate('saml-pseudonyms', newSecret),
    origin,
  }
  samlRoutes(app, { ...saml, database, policy, outbound, now })
  const applicationKinds: ApplicationKinds = {
    saml: createSamlKind(saml),
    route: routeKinds.console,
    openid: createOpenidKind({ origin, outbound, now }),
  }
  routeStateRoute(app, { db: database.read, routes: proxied, origin, healthOf: proxy.door.healthOf })
  applicationRoutes(app, { database, policy, kinds: applicationKinds, now })
  homeRoutes(app, { database, policy, kinds: applicationKinds, ofMachine: () => fileAttention(routesFile), now })
  insightRoutes(app, { db: database.read, rpId: place.rpId, now })
  demoRoutes(app, { ...parts, kinds: applicationKinds })
  mailRoutes(app, { mail })
  auditRoutes(app, {
    database,
    now,
    actorOf: (request, seal) => actorOf(getActor(request), seal),
    async scopeOf(request, repository) {
      if (repository !== undefined)
        return findAuditedRepository({ db: database.read, root }, getPerson(request), repository)
      if (!isAdmin(getPerson(request)))
        throw forbidden(
          'Only administrators can read everything that happened.',
          'Administrators of a repository can read its own part.',
        )
      return undefined
    },
  })
  await consoleRoutes(app, { folder: consoleFolder })
  const jobs = createJobs({
    ...parts,
    mail,
    endAccess,
    outbound,
    secrets,
    cut: (tx, id, at) => bus.publish(tx, KEY_ENDED, id, at),
    signersChanged: projectAll,
    signOnKeys,
  })
  opened.defer(() => jobs.close())
  afterwards.push(jobs.after, (events) => {
    for (const { action, target } of events) if (action === 'recovery.started') notifier.warn(target.id as Id<'usr'>)
  })
  const running = opened.move()

  return {
    ceremonies,
    policy,
    attestation,
    endAccess,
    endByShell: (wanted) => endByShell({ database, endAccess, receipts, now }, wanted),
    isSetUp: instance.setUpAt !== null,
    routes,
    sshPort: () => sshServer?.port() ?? null,
    ssh: sshView,
    async listen() {
      await bus.start()
      await routesFile?.start()
      await proxied.start()
      receipts.start()
      await app.listen({ port: config.port, host: config.listen })
      if (config.listen === 'localhost') running.use(await listenAtOtherLoopback(app.server))
      await sshServer?.listen()
      projectAll()
      judgeAnew()
      await imports.start()
      mirrors.start()
      schedule.start()
      mail.start()
      notifier.start()
      autoMerge.start()
      jobs.start()
      windingUp.start()
      domainWatch.start()
    },
    close: () => running.disposeAsync(),
  }
}
