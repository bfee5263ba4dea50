import { StrictJson, renderCanonical } from './strict-json.ts'

export const PAYLOAD_TYPE = 'application/vnd.in-toto+json'

/** Pre-authentication encoding (DSSE v1): what a detached seal signs. Lengths count bytes. */
export function preAuthEncoding(payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(PAYLOAD_TYPE)} ${PAYLOAD_TYPE} ${payload.length} `
  return Buffer.concat([Buffer.from(head), payload])
}

export interface Envelope {
  payload: Buffer
  /** Armored SSHSIG over the pre-authentication encoding. */
  armored: string
  /** Fingerprint of the key, a hint only. */
  keyid: string
}

/** A DSSE envelope as other tools read it; `sig` is the base64 of the armored signature. */
export function renderEnvelope(envelope: Envelope): Buffer {
  const { payload, armored, keyid } = envelope
  return renderCanonical({
    payload: payload.toString('base64'),
    payloadType: PAYLOAD_TYPE,
    signatures: [{ keyid, sig: Buffer.from(armored).toString('base64') }],
  })
}

const json: StrictJson = new StrictJson('envelope-malformed')
const MAX_BYTES = 256 * 1024

/** Throws SealError `envelope-malformed`. Judges no signature. */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  const top = json.fields(json.parse(bytes), 'the envelope', ['payload', 'payloadType', 'signatures'])
  json.oneOf(top['payloadType'], 'payloadType', [PAYLOAD_TYPE])
  const signatures = json.list(top['signatures'], 'signatures', { min: 1, max: 1 }, (item) => {
    const { keyid, sig } = json.fields(item, 'signature', ['keyid', 'sig'])
    return {
      keyid: json.text(keyid, 'keyid', /^SHA256:[A-Za-z0-9+/]{43}$/),
      armored: json.bytes(sig, 'sig', 'base64', MAX_BYTES).toString('latin1'),
    }
  })
  const [signature] = signatures
  if (!signature) json.fail('no signature')
  return { payload: json.bytes(top['payload'], 'payload', 'base64', MAX_BYTES), ...signature }
}
