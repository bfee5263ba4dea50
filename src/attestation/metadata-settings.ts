import { readFileSync } from 'node:fs'
import type { MetadataTrust } from '../protocols/webauthn/metadata-blob.ts'
import { fidoTrust, ownTrust } from './trust.ts'

export interface MetadataSettings {
  /** Undefined: nothing is fetched. */
  url: URL | undefined
  trust: MetadataTrust
}

/** @throws Error in one line that says what to do */
export function parseMetadataSettings(given: {
  url: string | undefined
  rootFile: string | undefined
}): MetadataSettings {
  return {
    url: given.url === undefined ? undefined : parseUrl(given.url),
    trust: given.rootFile === undefined ? fidoTrust() : readTrust(given.rootFile),
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isLocal = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1'
  if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLocal)))
    throw new Error('POSTERN_METADATA_URL must begin with https:// , such as https://mds3.fidoalliance.org.')
  if (url.username !== '' || url.password !== '')
    throw new Error('POSTERN_METADATA_URL may not carry a user name or a password.')
  return url
}

export function readTrust(file: string): MetadataTrust {
  try {
    return ownTrust(readFileSync(file, 'utf8'))
  } catch {
    throw new Error(`${file} holds no certificate in PEM that can be read: it should be the root that signs metadata.`)
  }
}
