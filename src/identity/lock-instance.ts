import type { Tx } from '../database/handles.ts'

/** For what must be true across tables that know nothing of each other: whoever asks for this waits for whoever did. */
export async function lockInstance(tx: Tx<'instance'>): Promise<void> {
  await tx
    .updateTable('instance')
    .set((eb) => ({ id: eb.ref('id') }))
    .execute()
}
