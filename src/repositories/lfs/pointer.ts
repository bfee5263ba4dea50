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

const pattern =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[^\n]+\n)*?oid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n/

/** Undefined for whatever is no pointer. */
export function parseLfsPointer(content: string): LfsPointer | undefined {
  if (content.length > largestPointer) return undefined
  const [, oid, size] = pattern.exec(content) ?? []
  return oid === undefined ? undefined : { oid, size: Number(size) }
}

export const isLfsOid = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)
