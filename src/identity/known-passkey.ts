import type { Db } from '../database/handles.ts'
import { prepared } from '../database/prepared.ts'
import { ProblemError } from '../http/problem.ts'
import type { parseAuthenticationResponse } from '../protocols/webauthn/response-json.ts'
import { verifyAuthentication } from '../protocols/webauthn/verify-authentication.ts'
import type { Place } from './registration.ts'

export type KnownPasskey = Awaited<ReturnType<typeof findKnownPasskey>>[number]

const selectPasskey = (db: Db<'credentialRecord'>, wanted: { credentialId: string }) =>
  db
    .selectFrom('credentialRecord')
    .innerJoin('user', 'user.id', 'credentialRecord.userId')
    .select([
      'credentialRecord.id',
      'userId',
      'credentialId',
      'publicKey',
      'signCount',
      'backupEligible',
      'backupState',
    ])
    .select(['attestationOutcome', 'strengthCap', 'lastUsedAt', 'name', 'webauthnHandle', 'generation'])
    .select(['transports', 'aaguid', 'kind', 'username', 'role', 'suspendedBy', 'endsAt'])
    .where('credentialId', '=', wanted.credentialId)

// Ended passkeys and ended people are not found, so they look exactly like unknown ones.
export const findKnownPasskey = prepared((db: Db<'credentialRecord'>, wanted: { credentialId: string }) =>
  selectPasskey(db, wanted).where('endedAt', 'is', null).where('state', '=', 'active'),
)

/** One whose person's access ran out: whoever holds it is told so, once it has proven itself, and is not let in. */
export const findOverPasskey = prepared((db: Db<'credentialRecord' | 'accessEnd'>, wanted: { credentialId: string }) =>
  selectPasskey(db, wanted)
    .where('state', '=', 'ended')
    .where('endedWith', 'in', (eb) =>
      eb
        .selectFrom('accessEnd')
        .select('accessEnd.id')
        .where('accessEnd.cause', '=', 'guest-end')
        .where('accessEnd.restoredAt', 'is', null),
    ),
)

/** That this passkey answered this challenge at this place, with its person verified. @throws WebauthnError */
export const verifyKnownPasskey = (
  place: Place,
  known: KnownPasskey,
  { response, challenge }: { response: ReturnType<typeof parseAuthenticationResponse>; challenge: Buffer },
): ReturnType<typeof verifyAuthentication> =>
  verifyAuthentication({
    response,
    expected: {
      challenge,
      origins: [place.origin],
      rpId: place.rpId,
      requireUserVerification: true,
      userHandleRequired: true,
      credential: {
        id: known.credentialId,
        publicKey: Buffer.from(known.publicKey, 'base64url'),
        backupEligible: known.backupEligible === 1,
        counter: known.signCount,
        userHandle: Buffer.from(known.webauthnHandle, 'base64url'),
      },
    },
  })

export const unknownPasskey = (): ProblemError =>
  new ProblemError(401, 'passkey-unknown', 'This passkey is not known here.', {
    help: 'Choose another passkey. If yours was removed, use a recovery code, or ask an administrator to let you back in.',
  })
