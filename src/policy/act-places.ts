import type { ActName } from './acts.ts'

/** Acts that concern one branch of a repository. */
const onBranches: readonly ActName[] = ['push', 'merge', 'approve', 'bypass', 'confirm', 'protect', 'branch.rule']
const inPlaces = ['member.', 'project.', 'repository.', 'deploy-key.', 'mirror.', 'webhook.', 'workload.']

export const isOnBranch = (act: ActName): boolean => onBranches.includes(act)

/** Acts that happen in a project or repository: where a rule can be about some of them alone. */
export const isPlaced = (act: ActName): boolean =>
  act === 'tag' || isOnBranch(act) || inPlaces.some((noun) => act.startsWith(noun))
