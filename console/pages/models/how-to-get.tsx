import { Accordion, Anchor, List } from '@mantine/core'
import type { MetadataView } from '../../api/shapes.ts'
import { Words } from '../../ui/words.tsx'

const FIDO = 'https://mds3.fidoalliance.org'

/** Where the file comes from, on the network and without one. */
export const HowToGet = ({ metadata: { inForce, url } }: { metadata: MetadataView }) => (
  <Accordion
    chevronPosition="left"
    variant="default"
    defaultValue={inForce && !inForce.isOverdue ? null : 'how'}
    styles={{ control: { paddingInline: 0 }, chevron: { marginInlineStart: 0 }, content: { paddingInline: 0 } }}
  >
    <Accordion.Item value="how" style={{ borderBottom: 0 }}>
      <Accordion.Control>How to get it</Accordion.Control>
      <Accordion.Panel>
        <List size="sm" spacing="xs" pr="md">
          <List.Item>
            Download it from the{' '}
            <Anchor href={FIDO} target="_blank" rel="noreferrer" underline="always" inherit>
              FIDO Metadata Service
            </Anchor>
            : one file, <Words>`blob.jwt`</Words>, about 6 MB, signed by FIDO and renewed each month. Upload it here. It
            may come on a USB stick: this page asks no network.
          </List.Item>
          <List.Item>
            Or, on the server’s machine: <Words>`npm run postern -- admin metadata import blob.jwt`</Words>
          </List.Item>
          {url === null && (
            <List.Item>
              Or let the server fetch it each day: start it with <Words>{`\`--metadata-url ${FIDO}\``}</Words>
            </List.Item>
          )}
        </List>
      </Accordion.Panel>
    </Accordion.Item>
  </Accordion>
)
