/** Larger files are downloaded, not shown. */
export const maxTextBytes = 1024 ** 2

/** As git judges it: a NUL among the first 8000 bytes makes it binary. */
export const isText = (content: Buffer): boolean => !content.subarray(0, 8000).includes(0)

// Format characters, bidirectional controls, blank letters and variation selectors; U+FE0F only picks emoji.
const hidden = /[\p{Cf}\u115f\u1160\u3164\uffa0]|[\ufe00-\ufe0e]|[\u{e0100}-\u{e01ef}]/u
// Escape sequences and a carriage return in the middle rewrite a line in a terminal.
// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\r(?!$)/

// Most of what is written; telling so takes a fraction of looking for each of the others (measured).
const beyondPlain = /[^\t\n\u0020-\u007e]/

/** Whether a line holds what a reader cannot see, or what shows it in another order than it is read by a program. */
export const hidesSomething = (line: string): boolean =>
  beyondPlain.test(line) && (hidden.test(line) || control.test(line))
