import type { CompiledPolicy } from '../policy/compile.ts'
import { namedSubjects } from './named.ts'
import type { Standing } from './standings.ts'

/** Two people of the same key stand the same before every rule of these policies. */
export function createSameKey(policies: readonly CompiledPolicy[]): (standing: Standing) => string {
  const users = namedSubjects(policies, 'user')
  const groups = namedSubjects(policies, 'group')
  const namesSsh = policies.some((policy) => (policy.byAct.get('ssh.use') ?? []).length > 0)
  const namesTokens = policies.some((policy) => (policy.byAct.get('token.use') ?? []).length > 0)
  return ({ actor, keys, address, places, tokens, sshKeys, password }) =>
    JSON.stringify([
      actor.kind,
      actor.role,
      users.has(actor.username) ? actor.username : '',
      actor.groups.filter((group) => groups.has(group)),
      [
        ...new Set(
          keys.map(
            ({ strength, whenVouched, key, isModelBad }) =>
              `${strength} ${whenVouched} ${key.category} ${key.aaguid ?? ''} ${isModelBad}`,
          ),
        ),
      ],
      address,
      places,
      namesTokens ? tokens : [],
      namesSsh ? sshKeys : [],
      password,
    ])
}
