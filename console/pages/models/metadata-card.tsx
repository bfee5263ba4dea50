import { Alert, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCloudOff } from '@tabler/icons-react'
import { useId } from 'react'
import type { MetadataView } from '../../api/shapes.ts'
import { Fact, FactList } from '../../ui/fact-list.tsx'
import { counted } from '../../ui/plain-words.ts'
import { TimeAgo } from '../../ui/time-ago.tsx'
import { Words } from '../../ui/words.tsx'
import { HowToGet } from './how-to-get.tsx'
import { metadataDay, sourceWords } from './model-words.ts'
import { UploadMetadata } from './upload-metadata.tsx'

/** Which FIDO metadata is in force, how old it is, and the way to a newer one. */
export function MetadataCard({ metadata }: { metadata: MetadataView }) {
  const id = useId()
  const { inForce, lastError } = metadata
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack>
        <Title order={2} id={id}>
          FIDO metadata
        </Title>
        {inForce ? <InForce inForce={inForce} url={metadata.url} /> : <NothingYet />}
        {inForce?.isOverdue && (
          <Alert color="yellow" icon={<IconAlertTriangle />} title="A newer one is overdue">
            FIDO promised it for {metadataDay(inForce.nextUpdate)}. What was reported since is not known here. Keys stay
            what they are: nobody is locked out by an old file.
          </Alert>
        )}
        {lastError && (
          <Alert color="yellow" icon={<IconCloudOff />} title="It could not be fetched">
            <Words>{lastError.sentence}</Words> That was <TimeAgo at={lastError.at} />; the server tries again within
            two hours.
          </Alert>
        )}
        <UploadMetadata isFirst={inForce === null} />
        <HowToGet metadata={metadata} />
      </Stack>
    </Paper>
  )
}

const NothingYet = () => (
  <Text>
    None yet. FIDO publishes which models of keys there are, what their makers’ certificates are and what is wrong with
    them. Without it no key counts as a hardware key of a verified model, whatever it says of itself.
  </Text>
)

interface InForceProps {
  inForce: NonNullable<MetadataView['inForce']>
  url: string | null
}

const InForce = ({ inForce, url }: InForceProps) => (
  <FactList label="FIDO metadata in force">
    <Fact label="In force">
      Number {inForce.number}, {counted(inForce.models, 'model')}
    </Fact>
    <Fact label="Imported">
      <TimeAgo at={inForce.importedAt} />, {sourceWords(inForce)}
    </Fact>
    <Fact label="Next one due">{metadataDay(inForce.nextUpdate)}</Fact>
    <Fact label="Fetched">{url === null ? 'Never by itself' : `Each day from ${new URL(url).host}`}</Fact>
  </FactList>
)
