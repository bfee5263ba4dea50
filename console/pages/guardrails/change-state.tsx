import { Badge, Text } from '@mantine/core'
import type { PolicyChangeView } from '../../api/shapes.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'

const stateWords: Record<PolicyChangeView['state'], string> = {
  waiting: 'Waits for a second person',
  applied: 'Applied',
  withdrawn: 'Withdrawn',
  overtaken: 'Overtaken by another change',
}

export const changeTitle = ({ version, state }: PolicyChangeView): string =>
  version === null ? stateWords[state] : `Version ${version}`

export const ChangeState = ({ change, isInForce }: { change: PolicyChangeView; isInForce: boolean }) =>
  isInForce || change.state !== 'applied' ? (
    <Badge variant={isInForce ? 'light' : 'default'} tt="none" fw={500}>
      {isInForce ? 'In force' : stateWords[change.state]}
    </Badge>
  ) : null

/** By whom, when, and who agreed. */
export const ChangeBy = ({ change }: { change: PolicyChangeView }) => (
  <Text size="sm" c="dimmed" component="div">
    {change.proposedBy?.displayName ?? 'The operator of the machine'}, <TimeAgo at={change.createdAt} />
    {change.approvedBy && `, approved by ${change.approvedBy.displayName}`}
  </Text>
)

const kindWords = { added: 'Added', changed: 'Changed', removed: 'Removed' }

/** "Changed “Tokens live 90 days at most”, added …" */
export function changeSentence({ differences }: PolicyChangeView, most = 4): string {
  if (differences.length === 0) return 'No rule changed.'
  const said = differences.slice(0, most).map(({ kind, rule }) => `${kindWords[kind]} “${rule.title}”`)
  const more = differences.length - said.length
  return `${said.join('. ')}${more > 0 ? `. And ${more} more` : ''}.`
}
