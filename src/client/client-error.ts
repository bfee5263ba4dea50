/** Why a command ends: one clear line, and one of what helps. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly help: string | undefined

  constructor(message: string, help?: string, options?: ErrorOptions) {
    super(message, options)
    this.help = help
  }
}
