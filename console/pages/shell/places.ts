import { isAdministrator } from '../../api/use-me.ts'
import type { Me } from '../../api/shapes.ts'
import { paths } from '../../paths.ts'

export interface Place {
  label: string
  href: string
  /** The letter after `g`. */
  letter: string
  /** Shown in the header, not only in the search and by its letter. */
  isMain: boolean
  /** Begin the paths of other pages that belong to it. */
  covers?: string[]
}

/** What the tabs of People lead to, and what lies behind those. */
const besidePeople = [paths.groups, paths.agents(), paths.recoveries, paths.directory(), '/-/announcements']

/** The pages one can go to from anywhere. */
export const placesFor = (me: Me): Place[] => [
  { label: 'Home', href: paths.home, letter: 'h', isMain: true },
  { label: 'Inbox', href: paths.inbox, letter: 'i', isMain: true },
  { label: 'Projects', href: paths.projects, letter: 'p', isMain: true, covers: ['/-/repositories'] },
  { label: 'People', href: paths.people(), letter: 'e', isMain: true, covers: besidePeople },
  { label: 'Groups', href: paths.groups, letter: 'r', isMain: false },
  ...(isAdministrator(me)
    ? [
        { label: 'Directory', href: paths.directory(), letter: 'd', isMain: false },
        { label: 'Getting back in', href: paths.recoveries, letter: 'b', isMain: false },
        { label: 'Applications', href: paths.applications, letter: 'o', isMain: true },
        { label: 'Guardrails', href: paths.guardrails(), letter: 'l', isMain: true },
        { label: 'Models of keys', href: paths.models(), letter: 'm', isMain: false },
        { label: 'Audit', href: paths.audit(), letter: 'a', isMain: true },
        { label: 'Insights', href: paths.insights, letter: 'f', isMain: true },
      ]
    : []),
  { label: 'My passkeys', href: paths.account('passkeys'), letter: 'k', isMain: false },
  { label: 'What my keys allow', href: paths.account('allowed'), letter: 'w', isMain: false },
  { label: 'My sessions', href: paths.account('sessions'), letter: 's', isMain: false },
  { label: 'My tokens', href: paths.account('tokens'), letter: 't', isMain: false },
  { label: 'New repository', href: paths.newRepository(), letter: 'n', isMain: false },
  { label: 'Guides', href: paths.guides, letter: 'u', isMain: false },
]
