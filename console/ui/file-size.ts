/** Bytes as a person says them: "812 bytes", "3.4 KB", "12 MB" (1 KB = 1,000 bytes). */
export function fileSize(bytes: number): string {
  if (bytes < 1_000) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  const [value, unit] =
    bytes < 999_500 ? [bytes / 1e3, 'KB'] : bytes < 999_500_000 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB']
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value).toLocaleString('en')} ${unit}`
}
