/** How two values count as the same where their case does not matter; compatibility forms fold too, so that no two names look alike only to people. */
export const foldCase = (text: string): string => text.normalize('NFKC').toLowerCase()
