/** RFC 7644 §3.14: tags are weak; two are the same if what follows `W/` is. */
export const renderEntityTag = (revision: string | number): string => `W/"${revision}"`

/** Whether a header's list of tags has this one; `*` has every one. RFC 9110 §8.8.3.2, weak comparison. */
export const listsEntityTag = (header: string, tag: string): boolean =>
  header.trim() === '*' || header.split(',').some((one) => opaque(one) === opaque(tag))

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '')
