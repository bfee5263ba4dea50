import type { Db, Tx } from '../../database/handles.ts'

/** A size of the tree with its root, base64, and since when it has it. */
export interface Head {
  size: number
  root: string
  at: number
}

/** What everybody is shown: the tree as it stands, or where witnesses are named, as it was last published. */
export async function readShownHead(
  db: Db<'ledgerHead'>,
): Promise<Head & { cosignatures: string; isPublished: boolean }> {
  const row = await db.selectFrom('ledgerHead').selectAll().where('id', '=', 1).executeTakeFirstOrThrow()
  const { size, root, at, publishedSize, publishedRoot, publishedAt, cosignatures } = row
  return publishedSize === null || publishedRoot === null || publishedAt === null
    ? { size, root, at, cosignatures: '', isPublished: false }
    : { size: publishedSize, root: publishedRoot, at: publishedAt, cosignatures, isPublished: true }
}

/**
 * From now on what is shown grows only by being published. It begins with the tree as it stands, in one statement: nobody is
 * shown a smaller tree than before.
 */
export const beginPublishing = (tx: Tx<'ledgerHead'>): Promise<unknown> =>
  tx
    .updateTable('ledgerHead')
    .set(({ ref }) => ({ publishedSize: ref('size'), publishedRoot: ref('root'), publishedAt: ref('at') }))
    .where('id', '=', 1)
    .where('publishedSize', 'is', null)
    .execute()

/** The tree as it stands is shown again. */
export const stopPublishing = (tx: Tx<'ledgerHead'>): Promise<unknown> =>
  tx
    .updateTable('ledgerHead')
    .set({ publishedSize: null, publishedRoot: null, publishedAt: null, cosignatures: '' })
    .where('id', '=', 1)
    .execute()

/** What is shown never becomes smaller, and is never changed but by lines of witnesses. */
export const publish = (
  tx: Tx<'ledgerHead'>,
  { size, root, at }: Head,
  cosignatures: readonly string[],
): Promise<unknown> =>
  tx
    .updateTable('ledgerHead')
    .set({ publishedSize: size, publishedRoot: root, publishedAt: at, cosignatures: cosignatures.join('') })
    .where('id', '=', 1)
    .where('publishedSize', '<=', size)
    .execute()
