import { Suspense, lazy, useMemo } from 'react'
import { downloads, paths } from '../../paths.ts'
import { RowSkeletons } from '../../ui/skeletons.tsx'
import type { Place } from './use-place.ts'

const MarkdownView = lazy(async () => ({ default: (await import('../../ui/markdown-view.tsx')).MarkdownView }))

/** Markdown whose relative links lead to this repository's files as they are at `refName`. */
export function RepositoryMarkdown(props: {
  place: Place
  refName: string | undefined
  /** For bytes, which need a ref in any case. */
  defaultBranch: string
  directory: string
  text: string
}) {
  const { place, refName, defaultBranch, directory } = props
  const places = useMemo(
    () => ({
      directory,
      fileHref: (path: string, hash: string) =>
        (path === ''
          ? paths.repository(place.project, place.name, { ref: refName })
          : paths.file(place.project, place.name, path, refName)) + (hash === '' ? '' : `#${hash}`),
      imageHref: (path: string) => downloads.raw(place.project, place.name, path, refName ?? defaultBranch),
      references: {
        pullRequestHref: (number: number) => paths.pullRequest(place.project, place.name, number),
        commitHref: (oid: string) => paths.commit(place.project, place.name, oid),
      },
    }),
    [place, refName, defaultBranch, directory],
  )
  return (
    <Suspense fallback={<RowSkeletons rows={4} height={20} />}>
      <MarkdownView text={props.text} places={places} />
    </Suspense>
  )
}
