import { Badge, Burger, Drawer, Group, Indicator, NavLink, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useLocation } from '@tanstack/react-router'
import type { Me } from '../../api/shapes.ts'
import { useInboxCount } from '../../api/inbox.ts'
import { paths } from '../../paths.ts'
import classes from './navigation.module.css'
import { type Place, placesFor } from './places.ts'

/** The main places: a row in the header, or behind a button on a phone. */
export function Navigation({ me }: { me: Me }) {
  const waiting = useInboxCount()
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const path = useLocation({ select: ({ pathname }) => pathname })
  const places = placesFor(me).filter(({ isMain }) => isMain)
  const isHere = ({ href, covers }: Place) =>
    path === href ||
    (href !== paths.home && path.startsWith(`${href}/`)) ||
    covers?.some((beginning) => path.startsWith(beginning)) === true
  const here = (place: Place) => (isHere(place) ? ({ 'aria-current': 'page' } as const) : {})
  return (
    <>
      <Group component="nav" aria-label="Main" gap={4} wrap="nowrap" visibleFrom="md">
        {places.map((place) => (
          <UnstyledButton
            key={place.href}
            component="a"
            href={place.href}
            className={classes['place'] ?? ''}
            {...here(place)}
          >
            {place.label}
            <Count of={place} waiting={waiting} />
          </UnstyledButton>
        ))}
      </Group>
      <Indicator hiddenFrom="md" disabled={waiting === 0} label={waiting} size={18} offset={4} style={{ order: -1 }}>
        <Burger
          opened={isOpen}
          onClick={toggle}
          size="sm"
          aria-label={waiting === 0 ? 'Navigation' : `Navigation, ${waiting} waiting for your tap`}
          aria-expanded={isOpen}
        />
      </Indicator>
      <Drawer opened={isOpen} onClose={close} title="Postern" size={280} closeButtonProps={{ 'aria-label': 'Close' }}>
        <nav aria-label="Main">
          {placesFor(me).map((place) => (
            <NavLink
              key={place.href}
              href={place.href}
              label={place.label}
              rightSection={<Count of={place} waiting={waiting} />}
              active={place.href === path}
              onClick={close}
              {...(place.href === path ? { 'aria-current': 'page' } : {})}
            />
          ))}
        </nav>
      </Drawer>
    </>
  )
}

/** Beside the inbox: how much waits there. */
const Count = ({ of: { href }, waiting }: { of: Place; waiting: number }) =>
  href === paths.inbox && waiting > 0 ? (
    <Badge size="sm" circle={waiting < 10} ml={6}>
      {waiting}
      <VisuallyHidden> waiting</VisuallyHidden>
    </Badge>
  ) : null
