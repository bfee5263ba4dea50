import { Burger, Drawer, Group, NavLink, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useLocation } from '@tanstack/react-router'
import type { Me } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'
import classes from './navigation.module.css'
import { type Place, placesFor } from './places.ts'

/** The main places: a row in the header, or behind a button on a phone. */
export function Navigation({ me }: { me: Me }) {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const path = useLocation({ select: ({ pathname }) => pathname })
  const places = placesFor(me).filter(({ isMain }) => isMain)
  const isHere = ({ href, covers }: Place) =>
    path === href ||
    (href !== paths.home && path.startsWith(`${href}/`)) ||
    (covers !== undefined && path.startsWith(covers))
  const here = (place: Place) => (isHere(place) ? ({ 'aria-current': 'page' } as const) : {})
  return (
    <>
      <Group component="nav" aria-label="Main" gap={4} wrap="nowrap" visibleFrom="sm">
        {places.map((place) => (
          <UnstyledButton
            key={place.href}
            component="a"
            href={place.href}
            className={classes['place'] ?? ''}
            {...here(place)}
          >
            {place.label}
          </UnstyledButton>
        ))}
      </Group>
      <Burger
        opened={isOpen}
        onClick={toggle}
        hiddenFrom="sm"
        size="sm"
        style={{ order: -1 }}
        aria-label="Navigation"
        aria-expanded={isOpen}
      />
      <Drawer opened={isOpen} onClose={close} title="Postern" size={280} closeButtonProps={{ 'aria-label': 'Close' }}>
        <nav aria-label="Main">
          {placesFor(me).map((place) => (
            <NavLink
              key={place.href}
              href={place.href}
              label={place.label}
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
