import type { NoteKey } from '../../protocols/tlog/note.ts'
import { verifyInclusion } from '../../protocols/tlog/verify-proof.ts'
import { CannotJudge } from '../cannot-judge.ts'
import { readCheckpoint, type SignedCheckpoint } from './open-checkpoint.ts'
import type { LedgerVerdict } from './verdict.ts'

/**
 * Holds the proof of one event against the checkpoint in it. One that was kept says the same of it only where it is of the
 * same size: another is over another tree. @throws CannotJudge
 */
export function checkProof(
  proof: unknown,
  { key, kept }: { key: NoteKey; kept: readonly SignedCheckpoint[] },
): LedgerVerdict {
  const { leaf, leafIndex: index, proof: beside, checkpoint: note } = read(proof)
  const { size, root } = readCheckpoint(note, key, 'its checkpoint')
  const isIn = verifyInclusion({ leaf, index, size, root, proof: beside })
  const others = kept.filter((one) => one.size === size)
  const checkpoints = [{ size, holds: isIn }, ...others.map((one) => ({ size, holds: isIn && one.root.equals(root) }))]
  const problems = [
    ...(isIn ? [] : ['The event is not at its place in the tree of its checkpoint.']),
    ...(others.every((one) => one.root.equals(root)) ? [] : ['Two checkpoints over as many events differ.']),
  ]
  return { version: 1, verdict: problems.length === 0 ? 'holds' : 'broken', events: 1, checkpoints, problems }
}

interface Proof {
  leaf: string
  leafIndex: number
  proof: Buffer[]
  checkpoint: string
}

function read(value: unknown): Proof {
  const { leaf, leafIndex, proof, checkpoint } = value as Record<string, unknown>
  if (
    typeof leaf !== 'string' ||
    typeof checkpoint !== 'string' ||
    !Number.isSafeInteger(leafIndex) ||
    !Array.isArray(proof) ||
    proof.length > 64 ||
    !proof.every((hash): hash is string => typeof hash === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(hash))
  )
    throw new CannotJudge('export-unreadable', 'this is no proof of an event')
  return { leaf, leafIndex: Number(leafIndex), proof: proof.map((hash) => Buffer.from(hash, 'base64')), checkpoint }
}
