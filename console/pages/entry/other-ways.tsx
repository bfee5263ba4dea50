import { Accordion } from '@mantine/core'
import { AnotherDevice } from './another-device.tsx'
import { OrganisationAddress } from './organisation-address.tsx'
import { LostPasskey } from './lost-passkey.tsx'
import { PasswordWay } from './password-way.tsx'
import type { WayProps } from './way-props.ts'

/** Folded away below the button; each way is an `Accordion.Item` of its own, and shows nothing where it is not offered. */
export const OtherWays = (props: WayProps) => (
  <Accordion variant="default" order={2} chevronPosition="left">
    <AnotherDevice {...props} />
    <OrganisationAddress />
    <PasswordWay {...props} />
    <LostPasskey />
  </Accordion>
)
