/** A branch name as one shell word. Git refuses spaces and quotes in most places, not `$` or `;`. */
export const shellWord = (text: string) =>
  /^[\w./@+-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`

/** The commands that bring the target into the source locally, where a person can settle the conflicts. */
export const conflictCommands = (source: string, target: string): string[] => [
  'git fetch origin',
  `git switch ${shellWord(source)}`,
  `git merge ${shellWord(`origin/${target}`)}`,
  '# edit the conflicts, then:',
  'git add -A && git commit',
  `git push origin ${shellWord(source)}`,
]
