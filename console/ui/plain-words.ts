export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
/** As it reads within a sentence. */
export const uncapital = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** "12 acts", "1 act" */
export const counted = (many: number, unit: string): string =>
  `${many.toLocaleString('en')} ${unit}${many === 1 ? '' : 's'}`

const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' })
/** "1 December 2026", in the reader's zone. */
export const dayWords = (at: number): string => dayFormat.format(at)
