import type { ProvenSshKey, SshCaller, SshSource } from '../access-keys/ssh-credential.ts'

/** Who came in on a connection, and how. */
export interface Login {
  caller: SshCaller
  key: ProvenSshKey
  /** That knows them, and is asked again before each act. */
  source: SshSource
}

/** The id of the credential itself, which may end alone. */
export function credentialId({ caller: { by } }: Pick<Login, 'caller'>): string {
  return by.kind === 'ssh-certificate' ? by.certificateId : by.keyId
}
