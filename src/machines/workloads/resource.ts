/** Which repository an address of ours names, as a browser shows it or as git takes it; undefined for any other. */
export function parseResource(origin: string, text: string): { project: string; repository: string } | undefined {
  const url = URL.parse(text)
  if (url === null || url.origin !== origin || url.search !== '' || url.hash !== '' || url.username !== '')
    return undefined
  const [, project, repository, ...rest] = url.pathname.split('/')
  if (project === undefined || repository === undefined || rest.some((part) => part !== '')) return undefined
  return { project, repository: repository.replace(/\.git$/i, '') }
}
