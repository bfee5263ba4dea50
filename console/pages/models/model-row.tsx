import { Badge, Group, Stack, Text } from '@mantine/core'
import { isAaguid } from '../../api/models.ts'
import type { ModelView } from '../../api/shapes.ts'
import { downloads } from '../../paths.ts'
import { ModelPicture } from '../../ui/model-picture.tsx'
import { Oid } from '../../ui/oid.tsx'
import { certificationWords, reportLabel } from '../../ui/report-words.ts'
import { metadataDay, type ModelReport, modelWords, reportsOf } from './model-words.ts'

interface ModelRowProps {
  model: ModelView
  /** The reports that count by the policy in force. */
  counting: readonly string[]
}

/** One model: what it is, and what speaks for and against it. */
export function ModelRow({ model, counting }: ModelRowProps) {
  const reports = reportsOf(model, counting)
  return (
    <Group wrap="nowrap" align="flex-start">
      <ModelPicture
        source={model.hasIcon ? downloads.modelPicture(model.key) : null}
        category={model.category}
        size={32}
      />
      <Stack gap={2} miw={0}>
        <Group gap="xs">
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {model.name}
          </Text>
          {model.certification && (
            <Badge variant="default" tt="none" fw={500}>
              {certificationWords(model.certification)}
            </Badge>
          )}
          {model.refusedFor.length > 0 && (
            <Badge variant="light" color="red" tt="none" fw={500}>
              Counts as broken
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {modelWords(model)}
        </Text>
        {reports.map((report) => (
          <ReportLine key={report.status} report={report} />
        ))}
        <Text size="sm" c="dimmed" component="div">
          {isAaguid(model.key) ? 'AAGUID' : 'Known by its maker’s key, as U2F keys are:'} <Oid oid={model.key} />
        </Text>
      </Stack>
    </Group>
  )
}

const stateWords = {
  counts: '',
  mended: ' Does not count: an update has mended it since.',
  noted: ' Does not count here.',
}

const ReportLine = ({ report: { status, state, effectiveAt } }: { report: ModelReport }) => (
  <Text size="sm" {...(state === 'counts' ? {} : { c: 'dimmed' })}>
    {reportLabel(status)}
    {effectiveAt === null ? '.' : `, reported since ${metadataDay(effectiveAt)}.`}
    {stateWords[state]}
  </Text>
)
