/**
 * The pattern of LIKE that finds a text anywhere in a column taken through `lower`. Both stores fold the case of ASCII
 * letters alone there, so nothing else is folded here; what LIKE or a store would read as more than itself is left out.
 */
export const likeAnywhere = (text: string): string =>
  `%${text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()).replaceAll(/[%_\\\0]/g, '')}%`
