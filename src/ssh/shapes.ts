import { type Static, Type } from 'typebox'

export const SshView = Type.Object({
  host: Type.String(),
  port: Type.Integer(),
  fingerprint: Type.String({ description: 'of the host key: SHA256:…' }),
  publicKey: Type.String({ description: 'the host key: ssh-ed25519 AAAA…' }),
  ecdsa: Type.Object(
    { fingerprint: Type.String(), publicKey: Type.String({ description: 'ecdsa-sha2-nistp256 AAAA…' }) },
    { description: 'the host key for clients that know no Ed25519' },
  ),
  knownHosts: Type.String({ description: 'the lines for ~/.ssh/known_hosts, one for each key' }),
  sshfp: Type.String({ description: 'the records for DNS, RFC 4255, one for each key' }),
})
export type SshView = Static<typeof SshView>

export const SshAnswer = Type.Object({
  ssh: Type.Union([SshView, Type.Null()], { description: 'null where SSH is off' }),
})
export type SshAnswer = Static<typeof SshAnswer>
