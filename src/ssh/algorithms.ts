import type { Algorithms } from 'ssh2'

/** Not in ssh2’s own list of names. */
type Offered = { [Kind in 'kex' | 'serverHostKey' | 'cipher' | 'hmac' | 'compress']: readonly string[] }

const offered: Offered = {
  // No finite-field groups: they cost a stranger nothing and us a lot.
  kex: [
    'mlkem768x25519-sha256',
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
  ],
  // The second for clients that know no Ed25519: FIPS mode, older Java.
  serverHostKey: ['ssh-ed25519', 'ecdsa-sha2-nistp256'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes192-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  // Packs are compressed; anything else could unfold to more than was sent.
  compress: ['none'],
}

/** Everything that may be agreed on, the best first. */
export const algorithms = offered as unknown as Algorithms
