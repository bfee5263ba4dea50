/** Why a command ends: one clear line, and one of what helps, which none goes without. */
export class ClientError extends Error {
  override readonly name = 'ClientError'
  readonly help: string

  constructor(message: string, help: string, options?: ErrorOptions) {
    super(message, options)
    this.help = help
  }
}
