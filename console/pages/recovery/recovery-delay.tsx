import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { SettingNumber } from '../../forms/setting-number.tsx'
import { Section } from '../../ui/section.tsx'

/** How long anybody can object to a recovery; owners set it. */
export const RecoveryDelay = () => (
  <Section title="Time to object">
    <SettingNumber
      name="recoveryDelayHours"
      label="Hours"
      description="How long any former passkey can cancel a recovery, and the link of a second person stays shut."
      min={0}
      max={336}
      remark={(hours) =>
        hours === 0 && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="Nobody has time to object" maw={640}>
            Without a delay a stolen code is a stolen account, and whoever talks an administrator into it is in at once.
          </Alert>
        )
      }
    />
  </Section>
)
