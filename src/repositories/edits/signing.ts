import type { FastifyRequest } from 'fastify'
import { getPerson, type SessionCaller } from '../../identity/caller.ts'
import { readTapped, type TappedCommit } from './take-commit.ts'
import { askForCommit, type TappedParts, type WrittenCommit } from './tapped-commit.ts'

/** Who signs a commit that is made here, and the tap once it was given. */
export interface Signing {
  person: SessionCaller
  sealId: string | undefined
}

/** Nothing where nobody asked for it. @throws 403 where no person at a browser asks */
export function signingOf(request: FastifyRequest, isAsked: boolean | undefined): Signing | undefined {
  if (isAsked !== true) return undefined
  const sealId = request.headers['postern-seal']
  return { person: getPerson(request), sealId: typeof sealId === 'string' ? sealId : undefined }
}

/** The commit as its tap signed it. @throws 401 `seal-required` with what waits for the tap, 409 */
export async function getTapped(
  parts: TappedParts,
  written: Omit<WrittenCommit, 'caller'>,
  { person, sealId }: Signing,
): Promise<TappedCommit> {
  const wanted = { ...written, caller: person }
  if (sealId !== undefined) return readTapped(parts, wanted, sealId)
  throw await askForCommit(parts, wanted)
}

/** What stands in the record of a ref that such a commit moves. */
export const movedBy = ({ sealId, strength, bytes }: TappedCommit) =>
  ({ method: `seal ${sealId}`, strength, sealId, commitBytes: bytes }) as const
