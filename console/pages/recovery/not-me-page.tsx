import { WasItYou } from './was-it-you.tsx'

/** Where letters and notifications lead that tell of a recovery; it knows nobody before the tap. */
export const NotMePage = () => (
  <WasItYou detail="You came here because you were told of it. With a passkey you had before, you can stop it." />
)
