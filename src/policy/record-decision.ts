import type { RecordedDecision } from '../audit/decision.ts'
import type { OrganisationRole, RepositoryRole, Strength } from '../database/schema.ts'
import { isActName } from './acts.ts'
import type { Category } from './category.ts'
import type { CompiledPolicy } from './compile.ts'
import type { Decision } from './decide.ts'
import type { DecisionFacts } from './facts.ts'

/** What the ledger keeps of a decision. The address stands beside the leaf, where it can be erased. */
export function recordDecision(policy: CompiledPolicy, facts: DecisionFacts, decision: Decision): RecordedDecision {
  const { actor, proof, place, token, use } = facts
  return {
    act: facts.act,
    outcome: decision.outcome,
    rule: decision.rule,
    policy: policy.digest,
    username: actor.username,
    kind: actor.kind,
    role: actor.role,
    groups: [...actor.groups],
    strength: proof?.strength ?? '',
    age: proof === null ? -1 : Math.max(0, Math.floor(proof.ageSeconds)),
    bound: proof?.boundToAct === true ? 1 : 0,
    category: proof?.key?.category ?? '',
    aaguid: proof?.key?.aaguid ?? '',
    project: place?.projectId ?? '',
    repository: place?.repositoryId ?? '',
    branch: place?.branch ?? '',
    placeRole: place?.role ?? '',
    lifetime: token?.lifetimeDays ?? -1,
    ...(use === undefined ? {} : { application: use.application, path: use.path ?? '', method: use.method ?? '' }),
    reported: decision.reported,
  }
}

/** The facts of a decision again, so that other rules can judge them; undefined for an act that no longer exists. */
export function factsOf(recorded: RecordedDecision, at: number, address: string | null): DecisionFacts | undefined {
  if (!isActName(recorded.act)) return undefined
  return {
    act: recorded.act,
    at,
    address,
    actor: {
      kind: recorded.kind as DecisionFacts['actor']['kind'],
      username: recorded.username,
      role: recorded.role as OrganisationRole,
      groups: recorded.groups,
    },
    place:
      recorded.project === ''
        ? null
        : {
            projectId: recorded.project,
            repositoryId: recorded.repository === '' ? null : recorded.repository,
            branch: recorded.branch === '' ? null : recorded.branch,
            role: recorded.placeRole === '' ? null : (recorded.placeRole as RepositoryRole),
          },
    proof:
      recorded.age < 0
        ? null
        : {
            strength: recorded.strength as Strength,
            ageSeconds: recorded.age,
            boundToAct: recorded.bound === 1,
            key:
              recorded.category === ''
                ? null
                : {
                    category: recorded.category as Category,
                    aaguid: recorded.aaguid === '' ? null : recorded.aaguid,
                  },
          },
    ...(recorded.application === undefined
      ? {}
      : {
          use: {
            application: recorded.application,
            name: recorded.application,
            path: recorded.path || null,
            method: recorded.method || null,
          },
        }),
    ...(recorded.lifetime < 0 ? {} : { token: { lifetimeDays: recorded.lifetime, ageDays: 0 } }),
  }
}
