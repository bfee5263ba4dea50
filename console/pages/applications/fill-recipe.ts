/** `{name}` in a text stands for a value; one that is not known is left as it is. Ours are plain words in braces. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/(?<!\$)\{([a-zA-Z]+)\}/g, (whole, name: string) => values[name] ?? whole)

/** The names that a text waits for. */
export const namesIn = (text: string): string[] =>
  [...text.matchAll(/(?<!\$)\{([a-zA-Z]+)\}/g)].map(([, name = '']) => name)

/** The same in every text of a value, however deep. */
export function fillAll<Value>(value: Value, values: Readonly<Record<string, string>>): Value {
  if (typeof value === 'string') return fill(value, values) as Value
  if (Array.isArray(value)) return value.map((one: unknown) => fillAll(one, values)) as Value
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, fillAll(one as unknown, values)]),
  ) as Value
}
