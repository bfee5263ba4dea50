import { apiTokens } from '../access-keys/access-kinds.ts'
import { sshCertificates } from '../access-keys/certificates/access-kind.ts'
import { sshKeys } from '../access-keys/ssh-keys/access-kind.ts'
import { directoryTokensSeen } from '../directory/connections/access-kind.ts'
import { signInLinks } from '../directory/upstream/access-kinds.ts'
import { breakGlassCodes } from '../identity/break-glass/access-kind.ts'
import type { AccessKind } from '../identity/ending/access-kind.ts'
import { passkeys, registrationLinks, sessions } from '../identity/ending/own-kinds.ts'
import { invitationsMade } from '../identity/invitations/access-kind.ts'
import { oneTimeCodes, passwords } from '../identity/passwords/access-kinds.ts'
import { recoveries, recoveryCodes } from '../identity/recovery/access-kinds.ts'
import { deployKeysLookedAfter } from '../machines/deploy-keys/access-kind.ts'
import { pipelinesLookedAfter } from '../machines/workloads/access-kind.ts'
import { importsUnderWay } from '../mirrors/access-kinds.ts'
import { toldBrowsers } from '../notify/access-kinds.ts'
import { connectorsMade } from '../proxy/connectors/access-kind.ts'
import { routeSessions } from '../proxy/entry/access-kind.ts'
import { heldPushes } from '../repositories/access-kinds.ts'
import { lookedAfter } from '../repositories/looked-after.ts'
import { sealRequests } from '../seals/access-kinds.ts'
import { oauthGrants, signOns } from '../sign-on/access-kinds.ts'

/**
 * Everything that somebody can come in with or that acts in their name, in the order of a receipt: for the server, and
 * for the shell where none runs. `test/end-access-tables.test.ts` says which table is missing.
 */
export const accessKinds: readonly AccessKind[] = [
  sessions,
  routeSessions,
  // Before the passkeys: it settles which of them were there before.
  recoveries,
  passkeys,
  passwords,
  signInLinks,
  oneTimeCodes,
  recoveryCodes,
  breakGlassCodes,
  registrationLinks,
  invitationsMade,
  apiTokens,
  oauthGrants,
  signOns,
  sshKeys,
  sshCertificates,
  sealRequests,
  heldPushes,
  importsUnderWay,
  toldBrowsers,
  lookedAfter('webhook'),
  lookedAfter('mirror'),
  deployKeysLookedAfter,
  pipelinesLookedAfter,
  connectorsMade,
  directoryTokensSeen,
]

/** What needs no passkey to go on, and so stops when somebody gets back into an account. */
export const stoppedByRecovery: readonly AccessKind[] = [
  sessions,
  routeSessions,
  apiTokens,
  oauthGrants,
  signOns,
  sshKeys,
  sshCertificates,
  sealRequests,
  heldPushes,
]

/**
 * The same with every other way back in that a person has kept, where an owner starts over by the machine's own shell, or
 * whoever broke the glass may have kept one.
 */
export const stoppedByShell: readonly AccessKind[] = [
  ...stoppedByRecovery,
  signInLinks,
  recoveryCodes,
  breakGlassCodes,
  toldBrowsers,
]
