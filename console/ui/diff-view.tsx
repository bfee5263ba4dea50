import '@git-diff-view/react/styles/diff-view-pure.css'
import { DiffModeEnum, DiffView as Viewer } from '@git-diff-view/react'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import colors from './code-colors.module.css'
import { loadHighlighter } from './code-highlight.ts'
import { languageOf } from './code-language.ts'
import { highlighter } from './diff-highlighter.ts'
import styles from './diff.module.css'

export type DiffMode = 'split' | 'unified'

/** Draws one file's prepared patch (`shownPatch`). Heavy: load it lazily. */
export default function DiffView({ patch, path, mode }: { patch: string; path: string; mode: DiffMode }) {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  const language = languageOf(path)
  const isHighlighted = useLanguage(language)
  const data = useMemo(() => {
    const file = { fileName: path, fileLang: language ?? '', content: null }
    return { oldFile: file, newFile: file, hunks: [patch] }
  }, [patch, path, language])
  return (
    <div className={`${styles.diff} ${colors.colors}`} role="group" aria-label={`Changes in ${path}`} tabIndex={0}>
      <Viewer
        data={data}
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

/** Whether the language is loaded; the patch is readable without it. */
function useLanguage(language: ReturnType<typeof languageOf>): boolean {
  const [loaded, setLoaded] = useState<string | null>(null)
  useEffect(() => {
    if (language === null) return
    loadHighlighter(language).then(
      () => setLoaded(language),
      () => undefined,
    )
  }, [language])
  return language !== null && loaded === language
}
