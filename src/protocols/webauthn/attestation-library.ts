type Library = typeof import('@simplewebauthn/server')

let library: Promise<Library> | undefined

/** The library that reads attestation formats, loaded at first need: it costs 130 ms and 29 MB, and few ever need it. */
export function attestationLibrary(): Promise<Library> {
  library ??= import('@simplewebauthn/server').then(withoutRoots)
  return library
}

/**
 * Certificate chains are traced against metadata, not here. Without roots the library builds no chain and so never
 * downloads the revocation list that a certificate names.
 */
function withoutRoots(loaded: Library): Library {
  loaded.SettingsService.setRootCertificates({ identifier: 'apple', certificates: [] })
  return loaded
}
