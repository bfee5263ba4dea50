import { emailProblem } from '../../forms/suggest-username.ts'

/** Most addresses of one tap. */
export const mostInvited = 100

/**
 * Addresses out of whatever was pasted: lines, commas, semicolons, `Ana Souza <ana@example.com>`. Each once, in the order
 * they stand.
 */
export function parseAddresses(text: string): { emails: string[]; wrong: string[] } {
  const emails = new Map<string, string>()
  const wrong: string[] = []
  for (const piece of text.split(/[\n,;]+/)) {
    const trimmed = piece.trim()
    if (trimmed === '') continue
    const address = (/<([^<>]*)>\s*$/.exec(trimmed)?.[1] ?? trimmed).trim()
    if (emailProblem(address) === null) emails.set(address.toLowerCase(), address)
    // Two addresses with nothing but a blank between them are two.
    else if (/\s/.test(trimmed) && trimmed.split(/\s+/).every((one) => emailProblem(one) === null))
      for (const one of trimmed.split(/\s+/)) emails.set(one.toLowerCase(), one)
    else wrong.push(trimmed)
  }
  return { emails: [...emails.values()], wrong }
}

/** What is the matter with a pasted list; null where all of it can be invited. */
export function addressesProblem(text: string): string | null {
  const { emails, wrong } = parseAddresses(text)
  if (wrong.length > 0) return `Not an address: ${wrong.slice(0, 3).join(', ')}${wrong.length > 3 ? ' …' : ''}`
  if (emails.length === 0) return 'Please give an address'
  return emails.length > mostInvited ? `At most ${mostInvited} at once; these are ${emails.length}` : null
}
