/** What is wrong with what was typed, before it goes anywhere; the server says the rest beside the rule. */
export function networksProblem(ranges: readonly string[] = []): string | undefined {
  const wrong = ranges.find((range) => !isRange(range))
  return wrong && `${wrong} is not an address or range such as 192.0.2.0/24`
}

export function pathsProblem(paths: readonly string[] = []): string | undefined {
  const wrong = paths.find((path) => /[?#\p{C}]/u.test(path))
  return wrong && `${wrong} is not a path alone: leave out what begins with ? or #`
}

function isRange(range: string): boolean {
  const [, address = '', length = ''] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(range) ?? []
  return address !== '' && Number(length) <= (address.includes(':') ? 128 : 32)
}
