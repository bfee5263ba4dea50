import type { HLJSApi } from 'highlight.js'
import { type Language, loadLanguage } from './code-language.ts'
import { type Token, plainLines, tokenLines } from './code-tokens.ts'

/** Above this many characters highlighting would hold up the page; the text is shown plain. */
export const HIGHLIGHT_LIMIT = 400_000

/** The highlighter knowing this language; both are loaded on first use. */
export async function loadHighlighter(language: Language): Promise<HLJSApi> {
  const [{ default: hljs }, definition] = await Promise.all([import('highlight.js/lib/core'), loadLanguage(language)])
  if (!hljs.getLanguage(language)) hljs.registerLanguage(language, definition)
  return hljs
}

export async function highlightLines(text: string, language: Language | null): Promise<Token[][]> {
  if (language === null || text.length > HIGHLIGHT_LIMIT) return plainLines(text)
  const hljs = await loadHighlighter(language)
  return tokenLines(hljs.highlight(text, { language, ignoreIllegals: true }).value)
}
