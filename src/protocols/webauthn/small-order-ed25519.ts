// The y coordinates (sign bit cleared) of the Ed25519 points of order 1, 2, 4 and 8, the two non-canonical spellings too.
// For such a key anybody can find signatures without a private key (OpenSSL 3.0 accepts them, 3.5 does not), so "this
// credential signed" would mean nothing.
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
])

/** Whether a 32-byte Ed25519 public key is a point of small order. */
export function isSmallOrderEd25519(publicKey: Buffer): boolean {
  const y = Buffer.from(publicKey)
  y.writeUInt8(y.readUInt8(31) & 0x7f, 31)
  return SMALL_ORDER.has(y.toString('hex'))
}
