import { api } from '../../api/client.ts'
import { refresh } from '../../api/queries.ts'
import { hasCode } from '../../api/problem.ts'

/** Makes the project first where there is none of that name; a second try after a refusal finds it made. */
export async function createInProject<Made>(
  { name, exists, takesFormerName }: { name: string; exists: boolean; takesFormerName: boolean },
  create: () => Promise<Made>,
): Promise<Made> {
  if (!exists) {
    try {
      await api.post('/projects', { name, description: '', takesFormerName })
    } catch (error) {
      if (!hasCode(error, 'name-taken')) throw error
    }
    await refresh('/projects')
  }
  return create()
}
