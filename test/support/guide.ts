import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Guide {
  /** The code blocks of this language, '' for none, below this heading, up to the next one. @throws where there are none */
  blocks(heading: string, language: string): [string, ...string[]]
  /** Rows of the table whose first column is called so, cells as they stand. @throws where there is none */
  rows(firstColumn: string): string[][]
}

/** A page of `docs/guides/`, taken apart so that a test can do what it says. */
export async function readGuide(name: string): Promise<Guide> {
  const text = await readFile(join(import.meta.dirname, '../../docs/guides', name), 'utf8')
  const sections = new Map(
    text.split(/^(?=#{2,3} )/m).map((section) => [/^#+ (.*)$/m.exec(section)?.[1] ?? '', section]),
  )
  return {
    blocks(heading, language) {
      const section = sections.get(heading) ?? ''
      // In a list they stand below its number.
      const fences = /^( *)(`{3,})([\w-]*)\n(.*?)^\1\2$/gms
      const found = [...section.matchAll(fences)].flatMap(([, indent = '', , kind, code = '']) =>
        kind === language ? [code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')] : [],
      )
      const [first, ...more] = found
      if (first === undefined) throw new Error(`no ${language} below “${heading}”`)
      return [first, ...more]
    },
    rows(firstColumn) {
      const lines = text.split('\n')
      const head = lines.findIndex((line) => line.startsWith(`| ${firstColumn} `))
      if (head < 0) throw new Error(`no table that begins with ${firstColumn}`)
      const rows = lines.slice(head + 2)
      const end = rows.findIndex((line) => !line.startsWith('|'))
      return rows
        .slice(0, end)
        .map((line) => line.split(' | ').map((cell) => cell.replace(/^\|\s*|\s*\|\s*$/g, '').trim()))
    },
  }
}

/** Lines of a screen as the guide shows them: `…` stands for anything that is there. */
export const asPattern = (line: string): RegExp =>
  new RegExp(
    line
      .trim()
      .split('…')
      .map((part) => RegExp.escape(part))
      .join('.+'),
  )
