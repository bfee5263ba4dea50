import { Button, Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CertificateIssued } from '../../api/shapes.ts'
import { useInstance, useMe } from '../../api/use-me.ts'
import { SettingNumber } from '../../forms/setting-number.tsx'
import { CopyBlock } from '../../ui/copy-block.tsx'
import { RowList } from '../../ui/row-list.tsx'
import { Section } from '../../ui/section.tsx'
import { useSetUrlQuery, useUrlQuery } from '../../url-state.ts'
import { certificatesQuery } from './account-queries.ts'
import { CertificateMade } from './certificate-made.tsx'
import { CertificateRow } from './certificate-row.tsx'
import { NewCertificateForm } from './new-certificate-form.tsx'

/** What lets an SSH key in for some hours: how to get one, and which there are. */
export function Certificates() {
  const { data } = useSuspenseQuery(certificatesQuery)
  const { certificate: isNew } = useUrlQuery()
  const setQuery = useSetUrlQuery()
  const [made, setMade] = useState<CertificateIssued | null>(null)
  const { role } = useMe()
  const close = () => setQuery({ certificate: null })
  return (
    <Section
      title="Certificates for some hours"
      action={
        !isNew && (
          <Button
            variant="default"
            leftSection={<IconPlus size={18} aria-hidden />}
            onClick={() => setQuery({ certificate: 'new' })}
          >
            Get one here
          </Button>
        )
      }
    >
      <Text c="dimmed" maw={640}>
        A certificate lets an SSH key in for some hours after one tap, and ends by itself. The key need not be added
        here.
      </Text>
      {isNew && (
        <NewCertificateForm
          onMade={(issued) => {
            setMade(issued)
            close()
          }}
          onCancel={close}
        />
      )}
      {made && <CertificateMade made={made} onClose={() => setMade(null)} />}
      {data.items.length > 0 && (
        <RowList label="Your SSH certificates">
          {data.items.map((certificate) => (
            <CertificateRow key={certificate.id} certificate={certificate} />
          ))}
        </RowList>
      )}
      <GetByCommand />
      {role === 'owner' && <HowLong />}
    </Section>
  )
}

const HowLong = () => (
  <Stack mt="sm">
    <SettingNumber
      name="certificateHours"
      label="Hours that a certificate lasts at most"
      description="For everybody in the organisation."
      min={1}
      max={24}
    />
  </Stack>
)

function GetByCommand() {
  const { url } = useInstance()
  return (
    <Stack gap="xs" maw={640} mt="sm">
      <CopyBlock
        label="From a terminal, with Node 20 or newer"
        lines={[`curl -fsSO ${url}/-/postern.mjs`, `node postern.mjs login ${url}`]}
      />
      <Text size="sm" c="dimmed">
        It opens this browser for the tap, keeps the certificate where ssh finds it, and says what to do next.
      </Text>
    </Stack>
  )
}
