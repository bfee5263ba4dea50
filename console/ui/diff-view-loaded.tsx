import { type ComponentProps, lazy } from 'react'
import type DiffViewHere from './diff-view.tsx'

let here: typeof DiffViewHere | undefined

/** Brings the viewer. What is drawn afterwards needs no place that waits for it. */
export async function loadDiffView() {
  const loaded = await import('./diff-view.tsx')
  here = loaded.default
  return loaded
}

const Lazy = lazy(loadDiffView)

/** `lazy` waits once even for what is there, and then React keeps the place of waiting for a third of a second. */
export const DiffView = (props: ComponentProps<typeof DiffViewHere>) => {
  const View = here ?? Lazy
  return <View {...props} />
}
