import { Alert, Loader, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getQuery } from '../../../api/queries.ts'
import type { AccessEnd } from '../../../api/shapes.ts'
import { counted } from '../../../ui/plain-words.ts'

const lookEveryMs = 700
/** Not for ever: a page that was left must not keep its session alive. */
const mostLooks = 200

/** An end of access as it goes on: looked at again until nothing is open any more. */
export function useAccessEnd(first: AccessEnd): AccessEnd {
  const { data } = useQuery({
    ...getQuery<AccessEnd>(`/access-ends/${first.id}`),
    initialData: first,
    refetchInterval: ({ state }) =>
      state.data?.state === 'cutting' && state.dataUpdateCount < mostLooks ? lookEveryMs : false,
  })
  return data
}

/** Whether the last connection is cut, and how long that took. */
export function CutProgress({ end: first }: { end: AccessEnd }) {
  const { person, state, nodes, decidedAt, completedAt } = useAccessEnd(first)
  const cut = nodes.reduce((sum, node) => sum + node.cut, 0)
  if (state === 'complete')
    return (
      <Alert color="teal" icon={<IconCircleCheck />} title={`${person.displayName} is out`}>
        {cut === 0 ? 'Nothing was open.' : `${counted(cut, 'open connection')} cut.`} The last node confirmed{' '}
        {spanWords((completedAt ?? decidedAt) - decidedAt)} after the decision.
        {nodes.some(({ isSilent }) => isSilent) &&
          ' Not every node answered: one that no longer hears of ends cuts everything it holds, see the receipt.'}
      </Alert>
    )
  const waiting = nodes.filter(({ confirmedAt, isSilent }) => confirmedAt === null && !isSilent).length
  return (
    <Alert color="yellow" icon={<Loader size={18} />} title="Their access has ended; open connections are being cut">
      <Text size="sm">
        {counted(waiting, 'node')} of {nodes.length} still to confirm.
      </Text>
    </Alert>
  )
}

/** "12 ms", "1.4 seconds" */
export const spanWords = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} seconds`)
