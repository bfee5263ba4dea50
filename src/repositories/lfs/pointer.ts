/** What stands in git's tree in place of a file that Git LFS keeps. */
export interface LfsPointer {
  /** SHA-256 of the file, 64 lower-case hexadecimal digits. */
  oid: string
  /** Bytes of the file. */
  size: number
}

// git-lfs docs/spec.md: less than 1024 bytes; one without extensions has about 130.
export const smallestPointer = 110
export const largestPointer = 1023

// As git-lfs writes it. A file that only begins so is what every clone has, and is shown and sent as it is.
const pattern = new RegExp(
  [
    /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n/,
    /(?:ext-\d-\w+ sha256:[0-9a-f]{64}\n)*/,
    /oid sha256:([0-9a-f]{64})\n/,
    /size (\d{1,15})\n?$/,
  ]
    .map(({ source }) => source)
    .join(''),
)

/** Undefined for whatever is no pointer. */
export function parseLfsPointer(content: string): LfsPointer | undefined {
  if (content.length > largestPointer) return undefined
  const [, oid, size] = pattern.exec(content) ?? []
  return oid === undefined ? undefined : { oid, size: Number(size) }
}

export const isLfsOid = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)
