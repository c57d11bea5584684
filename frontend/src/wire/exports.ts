/** Forms in which a whole run leaves the server. */
export const FORMATS = [
  { format: 'csv', title: 'CSV' },
  { format: 'json', title: 'JSON' },
  { format: 'parquet', title: 'Parquet' },
  { format: 'html', title: 'HTML report' },
] as const

export type Format = (typeof FORMATS)[number]['format']

/** Save a file under the name that it, or the server, gives it. */
export function download(url: string, name = ''): void {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
}

export const saveExport = (run: string, format: Format): void =>
  download(`/api/runs/${encodeURIComponent(run)}/export?format=${format}`)

/** The export of a run as entries of a menu. */
export const exportItems = (run: string) =>
  FORMATS.map(({ format, title }) => ({ text: `Export ${title}`, act: () => saveExport(run, format) }))
