import type { Id } from '../../src/database/id.ts'
import type { Asked } from '../../src/seals/asked-from.ts'
import { draftAct, draftMerge } from '../../src/seals/format/draft.ts'
import { createSealRequest, sealLifetimeMs } from '../../src/seals/requests.ts'
import type { StartedPostern } from './start-postern.ts'

export interface AskedFor {
  /** Username of who is asked. */
  of: string
  /** Username of who asks; the same person where it is not said. */
  by?: string
  asked?: Asked
  lifetimeMs?: number
  title?: string
  /** Asks to merge the pull request of this number instead, in the repository of this path. */
  merge?: { path: string; number: number }
}

/** Lays down a request as features do that ask somebody else, or for a program: an act that takes effect when tapped. */
export async function askForTap(
  { postern }: StartedPostern,
  { of, by = of, asked, lifetimeMs = sealLifetimeMs, title = 'Let the robots in', merge }: AskedFor,
): Promise<{ id: Id<'srq'>; code: string; expiresAt: number }> {
  const { database, now } = postern.ceremonies
  const at = now()
  const idOf = async (username: string): Promise<Id<'usr'>> =>
    (await database.read.selectFrom('user').select('id').where('username', '=', username).executeTakeFirstOrThrow()).id
  const [userId, requestedBy] = [await idOf(of), await idOf(by)]
  const context = {
    signer: { userId, username: of },
    requestedBy,
    policyDigest: `sha256:${'0'.repeat(64)}`,
    issuedAt: at,
    notAfter: at + lifetimeMs,
  }
  const bodyDigest = `sha256:${'1'.repeat(64)}`
  const act = { method: 'POST', route: '/api/v1/robots', parameters: {}, bodyDigest, title }
  const request = await database.write((tx) =>
    createSealRequest(tx, {
      userId,
      requestedBy,
      action: 'robots.admit',
      repositoryId: null,
      draft: {
        statement: merge
          ? draftMerge(context, { ...mergeOf(merge, postern.ceremonies.place.origin), pullRequest: merge.number })
          : draftAct(context, { action: 'robots.admit', act }),
        question: { act: 'ledger.export', place: null },
        stockVerifiableOnly: false,
      },
      facts: { title, rows: [{ label: 'How many', value: 'all of them', kind: 'text' }], warnings: [] },
      at,
      lifetimeMs,
      ...(asked === undefined ? {} : { asked }),
    }),
  )
  return { ...request, code: request.code ?? '' }
}

const mergeOf = ({ path }: { path: string }, origin: string) => ({
  action: 'merge' as const,
  repository: { id: 'rep_example', url: `${origin}/${path}.git` },
  targetRef: 'refs/heads/main',
  base: 'a'.repeat(40),
  head: 'b'.repeat(40),
  tree: 'c'.repeat(40),
})

/** As a token of this person that is called so asks. */
export async function askedByToken({ postern }: StartedPostern, name: string, address: string): Promise<Asked> {
  const { read } = postern.ceremonies.database
  const { id } = await read.selectFrom('apiToken').select('id').where('name', '=', name).executeTakeFirstOrThrow()
  return { address, via: `token ${name}`, tokenId: id }
}
