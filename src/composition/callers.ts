import { createTokenSource } from '../access-keys/api-tokens.ts'
import { createAuthenticator } from '../access-keys/authenticate.ts'
import { createBriefTokens } from '../access-keys/brief-tokens.ts'
import { loadCertificateAuthority } from '../access-keys/certificates/certificate-authority.ts'
import { createCertificateSource } from '../access-keys/certificates/certificate-source.ts'
import { createCertificateFollower } from '../access-keys/certificates/end-with.ts'
import { createTokenFollower } from '../access-keys/cut-with-token.ts'
import { createSshBearers } from '../access-keys/ssh-bearer.ts'
import { KEY_ENDED, type SshSource } from '../access-keys/ssh-credential.ts'
import { createPersonKeySource } from '../access-keys/ssh-keys/ssh-key-source.ts'
import type { Tx } from '../database/handles.ts'
import { createDeployKeySource } from '../machines/deploy-keys/deploy-key-source.ts'
import { yieldToPerson } from '../machines/deploy-keys/yield-to-person.ts'
import { endHomelessMachines } from '../machines/end-homeless.ts'
import { createLfsCallers } from '../repositories/lfs/lfs-callers.ts'
import { createGrantSource } from '../sign-on/grant-source.ts'
import type { Foundations } from './foundations.ts'

export type Callers = Awaited<ReturnType<typeof openCallers>>

/** With what anybody can come in: sessions, tokens, keys and certificates; and how each is cut off when it ends. */
export async function openCallers(base: Foundations) {
  const { database, policy, attestation, secrets, place, bus, now } = base
  const authority = await loadCertificateAuthority(secrets)
  const briefTokens = await createBriefTokens({ database, policy, secrets })
  const sources = [createTokenSource({ database, policy }), briefTokens.source, createGrantSource({ database, policy })]
  const sshSources: SshSource[] = [
    createPersonKeySource({ database, policy, attestation }),
    createCertificateSource({ database, policy, authority, host: place.rpId }),
    createDeployKeySource({ database, policy, now }),
  ]
  const cut = (tx: Tx<'busHead' | 'busMessage'>, id: string, at: number): Promise<number> =>
    bus.publish(tx, KEY_ENDED, id, at)
  base.follow(
    endHomelessMachines({ cut }),
    yieldToPerson({ cut }),
    createCertificateFollower(cut),
    createTokenFollower(cut),
  )
  const sshBearers = await createSshBearers({ sources: sshSources, secrets })
  const authenticator = createAuthenticator({ ...base, sources })
  return {
    authority,
    briefTokens,
    sources,
    sshSources,
    /** Tells every node, with the transaction, that a key or a sign-on has ended. */
    cut,
    authenticator,
    sshBearers,
    lfsCallers: createLfsCallers({ authenticator, sshBearers, now }),
  }
}
