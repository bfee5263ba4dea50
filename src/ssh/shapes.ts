import { type Static, Type } from 'typebox'

export const SshView = Type.Object({
  host: Type.String(),
  port: Type.Integer(),
  fingerprint: Type.String({ description: 'of the host key: SHA256:…' }),
  publicKey: Type.String({ description: 'the host key: ssh-ed25519 AAAA…' }),
  knownHosts: Type.String({ description: 'the line for ~/.ssh/known_hosts' }),
  sshfp: Type.String({ description: 'the record for DNS, RFC 4255' }),
})
export type SshView = Static<typeof SshView>

export const SshAnswer = Type.Object({
  ssh: Type.Union([SshView, Type.Null()], { description: 'null where SSH is off' }),
})
export type SshAnswer = Static<typeof SshAnswer>
