import type { Judged, Tag } from './report.ts'
import { short, wrap } from './text-layout.ts'

const places: Record<Exclude<Extract<Tag, { state: 'proven' }>['on'], null>, string> = {
  start: 'where its protection began',
  proven: 'proven',
  unproven: 'where nobody proved it',
  broken: 'where a seal is broken',
}

/** The tags for people: who made each by a tap, and what their commits are to the branch. */
export function tagRows({ tags, ref }: Judged): string[] {
  return tags.flatMap((tag) => {
    if (tag.state !== 'proven') {
      const what = tag.state === 'broken' ? 'SEAL BROKEN' : 'NOT PROVEN'
      return [`! tag ${cut(tag.name)}  ${what}`, ...wrap(`${tag.explanation} [${tag.reason}]`, '    ', '    ')]
    }
    const branch = ref.replace(/^refs\/heads\//, '')
    const place = tag.on === null ? `not a change of ${branch}` : `on ${branch}, ${places[tag.on]}`
    const unvouched = tag.by.trust === 'server' ? ' (*)' : ''
    return wrap(
      `tag ${cut(tag.name)}  ${tag.taggedAt.slice(0, 10)}  by ${tag.by.username}${unvouched}  of ${short(tag.commit)}, ${place}`,
      '  ',
      '    ',
    )
  })
}

const cut = (name: string): string => (name.length > 60 ? `${name.slice(0, 59)}…` : name)
