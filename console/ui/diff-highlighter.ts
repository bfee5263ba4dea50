import type { DiffAST, DiffFileHighlighter, SyntaxLine, SyntaxNode } from '@git-diff-view/react'
import hljs from 'highlight.js/lib/core'
import { type Token, tokenLines } from './code-tokens.ts'

const node = (value: string, className: string, lineNumber: number, startIndex: number): SyntaxNode => ({
  type: 'text',
  value,
  lineNumber,
  startIndex,
  endIndex: startIndex + value.length - 1,
  properties: { className: className === '' ? [] : className.split(' ') },
})

/** Our tokens in the viewer's form; every line but the last keeps its line end, as the viewer's own lines do. */
export function syntaxLines(lines: readonly (readonly Token[])[]) {
  const syntaxFileObject: Record<number, SyntaxLine> = {}
  for (const [index, tokens] of lines.entries()) {
    const lineNumber = index + 1
    const pieces = lineNumber === lines.length ? tokens : [...tokens, { text: '\n', className: '' }]
    const nodeList: SyntaxLine['nodeList'] = []
    let value = ''
    for (const piece of pieces) {
      const made = node(piece.text, piece.className, lineNumber, value.length)
      nodeList.push({ node: made, wrapper: made })
      value += piece.text
    }
    syntaxFileObject[lineNumber] = { value, lineNumber, valueLength: value.length, nodeList }
  }
  return { syntaxFileObject, syntaxFileLineNumber: lines.length }
}

/**
 * The diff viewer's highlighter over the languages that are already loaded, instead of all that exist. What it calls
 * the tree is only handed from `getAST` to `processAST`, so our lines go through under its name; none leaves the text
 * plain. The build puts this file in the place of `@git-diff-view/lowlight`, which brings 190 languages.
 */
export const highlighter: DiffFileHighlighter = {
  name: 'postern',
  type: 'class',
  maxLineToIgnoreSyntax: 10_000,
  setMaxLineToIgnoreSyntax: () => undefined,
  ignoreSyntaxHighlightList: [],
  setIgnoreSyntaxHighlightList: () => undefined,
  hasRegisteredCurrentLang: (language) => hljs.getLanguage(language) !== undefined,
  getAST: (text: string, _name?: string, language = '') =>
    (hljs.getLanguage(language) &&
      tokenLines(hljs.highlight(text, { language, ignoreIllegals: true }).value)) as unknown as DiffAST,
  processAST: (lines) => syntaxLines(lines as unknown as Token[][]),
}
