/** The parts of a Markdown syntax tree that are looked at here. */
export interface MarkdownNode {
  type: string
  value?: string
  children?: MarkdownNode[]
}

/** What a person would read of a piece of HTML. Its result is only ever shown as text, so a missed tag is ugly, not unsafe. */
export const htmlAsText = (html: string) =>
  html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<(script|style|template)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, '')
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/?[a-z][^>]*>/gi, '')
    .replace(/\n{2,}/g, '\n')
    .trim()

const isBlockParent = (node: MarkdownNode) =>
  node.type === 'root' || node.type === 'blockquote' || node.type === 'listItem'

/** Remark plugin: HTML in Markdown is not rendered; its words are kept. */
export function htmlToText() {
  return function replace(parent: MarkdownNode): void {
    parent.children = parent.children?.flatMap((node) => {
      if (node.type !== 'html') {
        replace(node)
        return [node]
      }
      const block = isBlockParent(parent)
      const value = block ? htmlAsText(node.value ?? '') : htmlAsText(node.value ?? '').replaceAll('\n', ' ')
      if (value === '') return []
      const text: MarkdownNode = { type: 'text', value }
      return [block ? { type: 'paragraph', children: [text] } : text]
    }) as MarkdownNode[]
    if (parent.children === undefined) delete parent.children
  }
}
