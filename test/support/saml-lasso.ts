import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Signer } from '../../src/protocols/saml/sign-element.ts'

interface Told {
  url?: string
  name?: string
  attributes?: Record<string, string[]>
  error?: string
}

/** A tool that asks with lasso, in a process of its own. */
export interface Lasso {
  url: string
  /** What it makes of an answer. */
  take(xml: string): Promise<Told>
  close(): void
}

/** What a tool says of itself, with the certificate that it signs by. */
export const toolMetadata = (entityId: string, acsUrl: string, certificate: string): string =>
  `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><SPSSODescriptor AuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat><AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${acsUrl}"/></SPSSODescriptor></EntityDescriptor>`

/** Undefined where lasso is not installed. */
export async function startLasso(
  folder: string,
  { metadata, signer, idpMetadata, idp }: { metadata: string; signer: Signer; idpMetadata: string; idp: string },
): Promise<Lasso | undefined> {
  const files = { 'sp.xml': metadata, 'idp.xml': idpMetadata }
  const paths: string[] = []
  for (const [name, text] of Object.entries(files)) {
    paths.push(join(folder, name))
    await writeFile(join(folder, name), text)
  }
  const key = join(folder, 'sp.key')
  await writeFile(key, signer.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const [own = '', theirs = ''] = paths
  const script = join(import.meta.dirname, 'saml-lasso.py')
  // Debian's own, where python3-lasso is; another Python may come first on the path.
  const running = spawn('/usr/bin/python3', [script, own, key, theirs, idp], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: running.stdout })
  const next = async (): Promise<Told | undefined> => {
    const line = await Promise.race([
      once(lines, 'line').then(([text]) => String(text)),
      ended(running).then(() => undefined),
    ])
    return line === undefined ? undefined : (JSON.parse(line) as Told)
  }
  const first = await next()
  if (first?.url === undefined) {
    if (running.exitCode === 77 || running.exitCode === null) return undefined
    throw new Error(`lasso ended with ${running.exitCode}`)
  }
  return {
    url: first.url,
    async take(xml) {
      const told = next()
      running.stdin.write(`${Buffer.from(xml).toString('base64')}\n`)
      return (await told) ?? { error: 'it ended' }
    },
    close: () => void running.kill(),
  }
}

const ended = (running: ChildProcess): Promise<unknown> =>
  Promise.race([once(running, 'exit'), once(running, 'error')]).catch(() => undefined)
