import { createPrivateKey, X509Certificate } from 'node:crypto'

export interface TlsPair {
  cert: Buffer
  key: Buffer
}

/** What is wrong with a certificate and key for this host, as one sentence; undefined where they can be served. */
export function findTlsProblem(
  host: string,
  { cert, key }: TlsPair,
  files: { cert: string; key: string },
): string | undefined {
  const certificate = orUndefined(() => new X509Certificate(cert))
  if (certificate === undefined) return `${files.cert} is not a PEM certificate.`
  const privateKey = orUndefined(() => createPrivateKey(key))
  if (privateKey === undefined) return `${files.key} is not a PEM private key without a passphrase.`
  if (!certificate.checkPrivateKey(privateKey))
    return `${files.key} does not belong to the certificate in ${files.cert}.`
  if (certificate.checkHost(host) === undefined)
    return `The certificate in ${files.cert} is not for ${host}, but for ${certificate.subjectAltName?.replaceAll('DNS:', '') ?? 'no host'}.`
  return undefined
}

function orUndefined<Read>(read: () => Read): Read | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
