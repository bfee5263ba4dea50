/** The rule for names of projects and repositories, said before the server has to refuse. */
export const nameProblem = (name: string): string | null =>
  name === ''
    ? 'Please give a name'
    : /^[A-Za-z0-9][A-Za-z0-9._-]{1,63}$/.test(name) && !name.endsWith('.git') && !name.includes('..')
      ? null
      : '2 to 64 characters: letters, digits, . _ and -, beginning with a letter or digit'
