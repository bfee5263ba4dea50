import { Code } from '@mantine/core'

/** A sentence in which `backticks` mark what is typed into a terminal. */
export const Words = ({ children }: { children: string }) =>
  children.split('`').map((piece, index) => (index % 2 ? <Code key={index}>{piece}</Code> : piece))
