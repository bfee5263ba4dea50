/** Menus ask the keyboard's owner to open search or help, without knowing it. */
const requests = new EventTarget()

export const openSearch = () => requests.dispatchEvent(new Event('search'))
export const openHelp = () => requests.dispatchEvent(new Event('help'))

export function onRequest(kind: 'search' | 'help', open: () => void): () => void {
  requests.addEventListener(kind, open)
  return () => requests.removeEventListener(kind, open)
}
