import '@git-diff-view/react/styles/diff-view-pure.css'
import { DiffModeEnum, DiffView as Viewer } from '@git-diff-view/react'
import { VisuallyHidden, useComputedColorScheme } from '@mantine/core'
import { type ReactNode, startTransition, useEffect, useId, useMemo, useRef, useState } from 'react'
import type { DiffFile } from '../api/shapes.ts'
import colors from './code-colors.module.css'
import { loadHighlighter } from './code-highlight.ts'
import { languageOf } from './code-language.ts'
import { highlighter } from './diff-highlighter.ts'
import { useLinePicking } from './diff-line-picking.ts'
import { useDiffRemarks } from './diff-remarks.ts'
import { diffPath } from './diff-words.ts'
import styles from './diff.module.css'

export type DiffMode = 'split' | 'unified'

/** Draws one file's prepared patch (`shownPatch`), and below its lines what people say. Heavy: load it lazily. */
export default function DiffView({ patch, file, mode }: { patch: string; file: DiffFile; mode: DiffMode }) {
  const path = diffPath(file)
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const language = languageOf(path)
  const isHighlighted = useLanguage(language)
  const data = useMemo(() => {
    const file = { fileName: path, fileLang: language ?? '', content: null }
    return { oldFile: file, newFile: file, hunks: [patch] }
  }, [patch, path, language])
  const remarks = useDiffRemarks()
  const below = remarks?.below(file)
  const extendData = useMemo(() => below && { oldFile: below.base, newFile: below.head }, [below])
  const box = useRef<HTMLDivElement>(null)
  const { said, handlers } = useLinePicking(box, {
    picked: remarks?.picked(file) ?? null,
    onPick: remarks?.canPick ? (range) => remarks.onPick(file, range) : null,
  })
  const helpId = useId()
  return (
    <div
      ref={box}
      className={`${styles.diff} ${colors.colors}`}
      role="group"
      aria-label={`Changes in ${path}`}
      tabIndex={0}
      {...(remarks?.canPick ? { 'aria-describedby': helpId, 'data-picks': mode } : {})}
      {...handlers}
    >
      {remarks?.canPick && (
        <VisuallyHidden>
          <span id={helpId}>Arrow keys walk the lines, with Shift they mark several, Enter comments on them.</span>
          <span role="status">{said}</span>
        </VisuallyHidden>
      )}
      <Viewer<ReactNode>
        data={data}
        {...(extendData ? { extendData, renderExtendLine: drawn } : {})}
        diffViewMode={mode === 'split' ? DiffModeEnum.SplitGitHub : DiffModeEnum.Unified}
        diffViewTheme={scheme}
        diffViewHighlight={isHighlighted}
        diffViewWrap
        diffViewFontSize={12.5}
        registerHighlighter={highlighter}
      />
    </div>
  )
}

const drawn = ({ data }: { data: ReactNode }) => <div className={styles.below}>{data}</div>

/** Whether the language is loaded; the patch is readable without it, and colours never hold it up. */
function useLanguage(language: ReturnType<typeof languageOf>): boolean {
  const [loaded, setLoaded] = useState<string | null>(null)
  useEffect(() => {
    if (language === null) return
    loadHighlighter(language).then(
      () => startTransition(() => setLoaded(language)),
      () => undefined,
    )
  }, [language])
  return language !== null && loaded === language
}
