import type { Db } from '../database/handles.ts'
import { listTokensOfLeavers } from '../directory/connections/tokens-seen.ts'
import type { Attention } from './attention.ts'

/** Directories whose token somebody knows who has left, for administrators. */
export async function listDirectoryAttention(
  db: Db<'directoryConnection' | 'auditEvent' | 'user'>,
): Promise<Attention[]> {
  return (await listTokensOfLeavers(db)).map(({ id, name }) => ({
    kind: `directory-${id}`,
    text: `Somebody who has left knows the token of the directory “${name}”. An owner gives it a new one.`,
    href: '/-/directory',
  }))
}
