import { useEffect, useState } from 'react'
import { highlightLines } from './code-highlight.ts'
import type { Language } from './code-language.ts'
import { type Token, plainLines } from './code-tokens.ts'

/** Plain lines at once, highlighted ones as soon as the language is there. */
export function useCodeLines(text: string, language: Language | null): Token[][] {
  const [highlighted, setHighlighted] = useState<{ text: string; lines: Token[][] } | null>(null)
  useEffect(() => {
    let isCurrent = true
    highlightLines(text, language).then(
      (lines) => isCurrent && setHighlighted({ text, lines }),
      () => undefined, // a chunk that cannot be fetched leaves the text plain
    )
    return () => {
      isCurrent = false
    }
  }, [text, language])
  return highlighted?.text === text ? highlighted.lines : plainLines(text)
}
