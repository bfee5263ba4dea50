/** One spelling of a name that can be written in several: what looks the same is the same. */
export const cleanCheckName = (name: string): string => name.normalize('NFC').trim().replaceAll(/\s+/gu, ' ')

/** What two names have in common that only differ in case, width or ligatures. */
export const foldCheckName = (name: string): string => cleanCheckName(name.normalize('NFKC')).toLowerCase()
