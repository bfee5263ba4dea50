/** Hands a file to the browser's downloads. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Some browsers read it only after asking where to put it.
  setTimeout(() => URL.revokeObjectURL(url), minuteMs)
}

const minuteMs = 60_000
