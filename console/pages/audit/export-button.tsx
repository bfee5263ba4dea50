import { Button, Modal } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'

const ExportForm = lazy(async () => ({ default: (await import('./export-form.tsx')).ExportForm }))

export function ExportButton() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button variant="default" leftSection={<IconDownload size={18} aria-hidden />} onClick={() => setOpen(true)}>
        Export
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Export the ledger">
        <Suspense fallback={null}>
          <ExportForm onClose={() => setOpen(false)} />
        </Suspense>
      </Modal>
    </>
  )
}
