/**
 * The pattern of LIKE that finds a text anywhere in a column taken through `lower`. Both stores fold the case of ASCII
 * letters alone there, so nothing else is folded here. For what LIKE would read as more than itself, such as the `_` of many
 * a name, any one character is good enough; U+0000, which one store cannot take, is left out.
 */
export const likeAnywhere = (text: string): string => `%${likeBeginning(text)}`

/** The same at the beginning of it. */
export const likeBeginning = (text: string): string =>
  `${text
    .replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replaceAll('\0', '')
    .replaceAll(/[%\\]/g, '_')}%`
