export const connectorsPath = '/connectors'
export const connectorPath = (name: string): string => `${connectorsPath}/${encodeURIComponent(name)}`
