import { Burger, Drawer, Group, NavLink, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useLocation } from '@tanstack/react-router'
import type { Me } from '../../api/shapes.ts'
import classes from './navigation.module.css'
import { placesFor } from './places.ts'

/** The main places: a row in the header, or behind a button on a phone. */
export function Navigation({ me }: { me: Me }) {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const path = useLocation({ select: ({ pathname }) => pathname })
  const places = placesFor(me).filter(({ isMain }) => isMain)
  const isHere = (href: string) => (href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`))
  const here = (href: string) => (isHere(href) ? ({ 'aria-current': 'page' } as const) : {})
  return (
    <>
      <Group component="nav" aria-label="Main" gap={4} wrap="nowrap" visibleFrom="sm">
        {places.map(({ label, href }) => (
          <UnstyledButton key={href} component="a" href={href} className={classes['place'] ?? ''} {...here(href)}>
            {label}
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
          {placesFor(me).map(({ label, href }) => (
            <NavLink key={href} href={href} label={label} active={isHere(href)} onClick={close} {...here(href)} />
          ))}
        </nav>
      </Drawer>
    </>
  )
}
