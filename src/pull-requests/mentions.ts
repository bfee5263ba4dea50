const mostMentioned = 20

/** Usernames that a text of Markdown speaks to as `@name`: not in code, nor in the middle of an address. */
export function findMentions(text: string): string[] {
  const said = text.replaceAll(/(`{3,}|~{3,})[^]*?(?:\1|$)/g, ' ').replaceAll(/(`+)[^]*?\1/g, ' ')
  const names = said.matchAll(/(?<![\p{L}\p{N}_@./+-])@([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)/giu)
  return [...new Set([...names].map(([, name = '']) => name.toLowerCase()))].slice(0, mostMentioned)
}
