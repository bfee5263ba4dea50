import { emptyRoot, leafHash, nodeHash } from './merkle.ts'

/** RFC 9162 §2.1.3.2: whether this leaf is the one of that number in the tree of this root. */
export function verifyInclusion(given: {
  leaf: Uint8Array | string
  index: number
  size: number
  root: Uint8Array
  proof: readonly Uint8Array[]
}): boolean {
  const { leaf, index, size, root, proof } = given
  if (!(index >= 0 && index < size)) return false
  let [own, last] = [index, size - 1]
  let found = leafHash(leaf)
  for (const beside of proof) {
    if (last === 0) return false
    if (own % 2 === 1 || own === last) {
      found = nodeHash(beside, found)
      while (own % 2 === 0 && own !== 0) [own, last] = [own / 2, Math.floor(last / 2)]
    } else {
      found = nodeHash(found, beside)
    }
    ;[own, last] = [Math.floor(own / 2), Math.floor(last / 2)]
  }
  return last === 0 && found.equals(root)
}

/** RFC 9162 §2.1.4.2: whether the tree of `size` begins with all of the older one. */
export function verifyConsistency(given: {
  older: number
  size: number
  olderRoot: Uint8Array
  root: Uint8Array
  proof: readonly Uint8Array[]
}): boolean {
  const { older, size, olderRoot, root, proof } = given
  if (older === size) return proof.length === 0 && Buffer.from(olderRoot).equals(root)
  if (!(older > 0 && older < size)) return older === 0 && proof.length === 0 && emptyRoot.equals(olderRoot)
  const [first, ...rest] = Number.isInteger(Math.log2(older)) ? [olderRoot, ...proof] : proof
  if (first === undefined) return false
  let [own, last] = [older - 1, size - 1]
  while (own % 2 === 1) [own, last] = [Math.floor(own / 2), Math.floor(last / 2)]
  let before: Buffer = Buffer.from(first)
  let after: Buffer = before
  for (const beside of rest) {
    if (last === 0) return false
    if (own % 2 === 1 || own === last) {
      before = nodeHash(beside, before)
      after = nodeHash(beside, after)
      while (own % 2 === 0 && own !== 0) [own, last] = [own / 2, Math.floor(last / 2)]
    } else {
      after = nodeHash(after, beside)
    }
    ;[own, last] = [Math.floor(own / 2), Math.floor(last / 2)]
  }
  return last === 0 && before.equals(olderRoot) && after.equals(root)
}
