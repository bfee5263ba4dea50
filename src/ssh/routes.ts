import type { App } from '../http/app.ts'
import type { SshAddress, SshHostKey } from './host-key.ts'
import { SshAnswer, type SshView } from './shapes.ts'

/** Where SSH is, and by which key the server is known: what whoever connects would see anyway. */
export function sshRoutes(app: App, { view }: { view: () => SshView | null }): void {
  app.get('/api/v1/ssh', {
    config: { access: 'public', isStatic: true },
    schema: { response: { 200: SshAnswer } },
    handler: () => ({ ssh: view() }),
  })
}

export const viewOf = (key: SshHostKey, address: SshAddress): SshView => ({
  ...address,
  fingerprint: key.fingerprint,
  publicKey: key.publicKey,
  ecdsa: key.ecdsa,
  knownHosts: key.knownHosts(address),
  sshfp: key.sshfp(address),
})
