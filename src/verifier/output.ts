/** Where a command of the verifier says what it found. */
export interface Output {
  out: (text: string) => void
  err: (text: string) => void
}

export const standard: Output = {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
}
