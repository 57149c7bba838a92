/** A browser without a screen: keeps cookies, says where its forms come from, follows redirects until they leave for an address that it was told of. */
export type HttpBrowser = Readonly<{
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Visit>
  /** Sends a form from a page of `from`, its own origin unless told otherwise. */
  post(
    url: string,
    fields: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string | null>>,
  ): Promise<Visit>
  cookie(name: string): string | undefined
  setCookie(name: string, value: string): void
  /** The Set-Cookie headers so far, the newest last. */
  received: readonly string[]
}>

export type Visit = Readonly<{ url: string; status: number; headers: Headers; text: string }>

/** @param stopsAt addresses that are not visited: the redirect there is what is answered */
export const httpBrowser = (stopsAt: readonly string[] = []): HttpBrowser => {
  const cookies = new Map<string, string>()
  const received: string[] = []

  const keep = (headers: Headers): void => {
    for (const line of headers.getSetCookie()) {
      received.push(line)
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      const isOver = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=.* 1970 /i.test(one))
      if (isOver || value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
  }

  const send = async (url: string, init: RequestInit): Promise<Visit> => {
    const answer = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        ...(cookies.size === 0 ? {} : { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
        ...(init.headers as Record<string, string>),
      },
    })
    keep(answer.headers)
    const text = await answer.text()
    const location = answer.headers.get('location')
    if (answer.status >= 300 && answer.status < 400 && location !== null) {
      const next = new URL(location, url).href
      if (stopsAt.some((start) => next.startsWith(start)))
        return { url: next, status: answer.status, headers: answer.headers, text }
      return send(next, {})
    }
    return { url, status: answer.status, headers: answer.headers, text }
  }

  return {
    received,
    get: (url, headers = {}) => send(url, { headers }),
    post: (url, fields, headers = {}) => {
      const said = { Origin: new URL(url).origin, 'Sec-Fetch-Site': 'same-origin', ...headers }
      return send(url, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: Object.fromEntries(Object.entries(said).filter((one): one is [string, string] => one[1] !== null)),
      })
    },
    cookie: (name) => cookies.get(name),
    setCookie: (name, value) => void cookies.set(name, value),
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** The value of the field of this name on a page. */
export const fieldOn = (page: string, name: string): string => {
  const value = new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1]
  if (value === undefined) throw new Error(`The page has no field ${name}: ${page}`)
  return value.replace(/&(amp|lt|gt|quot|#39);/g, (_all, name: string) => entities[name] as string)
}
