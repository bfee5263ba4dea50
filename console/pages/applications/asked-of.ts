/** What was asked when it was set up, read back out of the settings: `{address}/callback` against what stands there. */
export function askedOf(template: Record<string, unknown>, settings: unknown): Record<string, string> {
  const found: Record<string, string> = {}
  const compare = (from: unknown, to: unknown): void => {
    if (typeof from === 'string' && typeof to === 'string') {
      const [, before = '', name, after = ''] = /^(.*?)\{([a-zA-Z]+)\}(.*)$/.exec(from) ?? []
      if (name !== undefined && to.startsWith(before) && to.endsWith(after))
        found[name] ??= to.slice(before.length, to.length - after.length)
    } else if (from !== null && typeof from === 'object' && to !== null && typeof to === 'object')
      for (const [key, one] of Object.entries(from)) compare(one, (to as Record<string, unknown>)[key])
  }
  compare(template, settings)
  return found
}
