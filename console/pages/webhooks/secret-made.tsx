import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { WebhookMade } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { TimeAgo } from '../../ui/time-ago.tsx'
import type { Place } from '../code/use-place.ts'
import { shortAddress } from './webhook-words.ts'

/** The one moment in which a secret can be read. */
export function SecretMade({ made, place, onClose }: { made: WebhookMade; place?: Place; onClose: () => void }) {
  const { webhook, secret } = made
  return (
    <Alert
      color="gray"
      icon={<IconKey />}
      title={`The secret for ${shortAddress(webhook.url).host}. Copy it now: it is shown only once.`}
    >
      <Stack gap="sm">
        <CopyBlock lines={[secret]} what="the secret" />
        <Text size="sm">
          Give it to the receiver. Every delivery is signed with it as Standard Webhooks say, so any of their libraries
          can check that it comes from here and was not changed.
          {webhook.formerSecretUntil !== null && (
            <>
              {' '}
              The former secret signs as well and ends <TimeAgo at={webhook.formerSecretUntil} />.
            </>
          )}
        </Text>
        <Group>
          <Button variant="default" size="xs" onClick={onClose}>
            I have copied it
          </Button>
          {place && (
            <Button
              component="a"
              href={paths.webhook(place.project, place.name, webhook.id)}
              variant="default"
              size="xs"
            >
              Send a test
            </Button>
          )}
        </Group>
      </Stack>
    </Alert>
  )
}
