import { Stack, Text } from '@mantine/core'
import type { PipelineRefusal } from '../../api/shapes.ts'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'

/** What came within a week and was refused, so that whoever sets a pipeline up sees why. */
export const Refusals = ({ refusals }: { refusals: PipelineRefusal[] }) =>
  refusals.length > 0 && (
    <Section title="Refused in the last seven days">
      <RowList label="Refused">
        {refusals.map((refusal) => (
          <Stack key={`${refusal.firstAt} ${refusal.issuer} ${refusal.subject} ${refusal.reason}`} gap={2}>
            <Text style={{ overflowWrap: 'anywhere' }}>{refusal.reason}</Text>
            <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              <TimeAgo at={refusal.lastAt} />
              {refusal.count > 1 && `, ${refusal.count.toLocaleString('en')} times`} · {whoCame(refusal)}
              {refusal.pipeline !== null && ` · closest to ${refusal.pipeline}`}
            </Text>
          </Stack>
        ))}
      </RowList>
    </Section>
  )

/** Nobody knows who shows what nobody has proven. */
const whoCame = ({ subject, issuer }: PipelineRefusal): string =>
  subject === null ? `somebody with a token that says it is from ${issuer}` : `${subject}, signed by ${issuer}`
