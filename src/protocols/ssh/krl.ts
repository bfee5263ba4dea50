import { string, u32, u64 } from './wire.ts'

const MAGIC = 'SSHKRL\n\0'
const FORMAT_VERSION = 1
const SECTION_CERTIFICATES = 1
const SECTION_SERIAL_LIST = 0x20

/**
 * A key revocation list, OpenSSH PROTOCOL.krl, over certificates by their serials; unsigned, as `RevokedKeys` and
 * `ssh-keygen -Q` take it.
 */
export function renderKrl(list: {
  /** Larger for each later list. */
  version: bigint
  /** Seconds since the epoch. */
  generatedAt: bigint
  comment: string
  authorities: readonly { publicKey: Buffer; serials: readonly bigint[] }[]
}): Buffer {
  const head = [Buffer.from(MAGIC), u32(FORMAT_VERSION), u64(list.version), u64(list.generatedAt), u64(0n)]
  const sections = list.authorities
    .filter(({ serials }) => serials.length > 0)
    .flatMap(({ publicKey, serials }) => [
      Buffer.of(SECTION_CERTIFICATES),
      string(
        Buffer.concat([
          string(publicKey),
          string(''),
          Buffer.of(SECTION_SERIAL_LIST),
          string(Buffer.concat(ascending(serials).map((serial) => u64(serial)))),
        ]),
      ),
    ])
  return Buffer.concat([...head, string(''), string(list.comment), ...sections])
}

/** As the format asks for. */
const ascending = (serials: readonly bigint[]): bigint[] =>
  [...new Set(serials)].sort((one, other) => (one < other ? -1 : 1))
