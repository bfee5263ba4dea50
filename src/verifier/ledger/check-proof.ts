import type { NoteKey } from '../../protocols/tlog/note.ts'
import { verifyInclusion } from '../../protocols/tlog/verify-proof.ts'
import { CannotJudge } from '../cannot-judge.ts'
import { readCheckpoint, type SignedCheckpoint } from './open-checkpoint.ts'
import type { LedgerVerdict } from './verdict.ts'

/** Holds the proof of one event against the checkpoint in it, and that against those that were kept. @throws CannotJudge */
export function checkProof(
  proof: unknown,
  { key, kept }: { key: NoteKey; kept: readonly SignedCheckpoint[] },
): LedgerVerdict {
  const { leaf, leafIndex: index, proof: beside, checkpoint: note } = read(proof)
  const { size, root } = readCheckpoint(note, key, 'its checkpoint')
  const other = kept.find((one) => one.size !== size)
  if (other !== undefined)
    throw new CannotJudge(
      'checkpoint-other',
      `the proof is over ${size} events and a checkpoint over ${other.size}: only an export compares them`,
    )
  const isIn = verifyInclusion({ leaf, index, size, root, proof: beside })
  const isSame = kept.every((one) => one.root.equals(root))
  const problems = [
    ...(isIn ? [] : ['The event is not at its place in the tree of its checkpoint.']),
    ...(isSame ? [] : ['Two checkpoints over as many events differ.']),
  ]
  const verdict = problems.length === 0 ? 'holds' : 'broken'
  return { version: 1, verdict, events: 1, covered: 1, checkpoints: [{ size, holds: isIn && isSame }], problems }
}

interface Proof {
  leaf: string
  leafIndex: number
  proof: Buffer[]
  checkpoint: string
}

function read(value: unknown): Proof {
  if (typeof value !== 'object' || value === null)
    throw new CannotJudge('export-unreadable', 'this is no proof of an event')
  const { leaf, leafIndex, proof, checkpoint } = value as Record<string, unknown>
  if (
    typeof leaf !== 'string' ||
    !leaf.isWellFormed() ||
    typeof checkpoint !== 'string' ||
    !Number.isSafeInteger(leafIndex) ||
    !Array.isArray(proof) ||
    proof.length > 64 ||
    !proof.every((hash): hash is string => typeof hash === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(hash))
  )
    throw new CannotJudge('export-unreadable', 'this is no proof of an event')
  return { leaf, leafIndex: Number(leafIndex), proof: proof.map((hash) => Buffer.from(hash, 'base64')), checkpoint }
}
