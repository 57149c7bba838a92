/** The cookies of people who sign in. Where KeyPlan is reached by https they cannot be set by, or sent to, any other host (`__Host-`). */
export type Cookies = Readonly<{
  session: Cookie
  /** What a browser must show that comes back from the provider. */
  signIn: Cookie
}>

export type Cookie = Readonly<{
  name: string
  /** The value that a Cookie header holds; undefined where it holds none, or two. */
  read(header: string | undefined): string | undefined
  /** `Set-Cookie` that gives it, for so many seconds at most, or until the browser is closed. */
  set(value: string, seconds?: number): string
  clear(): string
}>

const cookie = (name: string, isSecure: boolean): Cookie => {
  const fullName = isSecure ? `__Host-${name}` : name
  // Lax, so that whoever comes back from the provider, or is sent here by an app, is known; what changes anything needs more than the cookie.
  const attributes = `; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  return {
    name: fullName,
    read: (header) => {
      const values = (header ?? '')
        .split(';')
        .map((pair) => pair.trim())
        .filter((pair) => pair.startsWith(`${fullName}=`))
      return values.length === 1 ? values[0]?.slice(fullName.length + 1) : undefined
    },
    set: (value, seconds) =>
      `${fullName}=${value}${attributes}${seconds === undefined ? '' : `; Max-Age=${Math.ceil(seconds)}`}`,
    clear: () => `${fullName}=${attributes}; Max-Age=0`,
  }
}

/** The cookies of a service that is reached at `base`. */
export const cookiesOf = (base: string): Cookies => {
  const isSecure = base.startsWith('https:')
  return { session: cookie('keyplan-session', isSecure), signIn: cookie('keyplan-sign-in', isSecure) }
}
