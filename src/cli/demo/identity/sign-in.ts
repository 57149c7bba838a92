/** One sign-in over HTTP, as a browser goes through it, to see that it works. */

/** The cookies of one browser. A browser on this machine sends them to every port. */
type Cookies = Map<string, string>

const visit = async (cookies: Cookies, url: string, form?: URLSearchParams): Promise<Response> => {
  const answer = await fetch(url, {
    method: form === undefined ? 'GET' : 'POST',
    ...(form === undefined ? {} : { body: form }),
    redirect: 'manual',
    headers: { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    signal: AbortSignal.timeout(20_000),
  })
  for (const line of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (name !== undefined && value !== undefined) cookies.set(name, value)
  }
  const location = answer.headers.get('location')
  return location === null ? answer : visit(cookies, new URL(location, url).href)
}

/** Signs a member of staff in; answers the page about themself. Throws where that is not what comes of it. */
export const signInAs = async (keyplan: string, account: string, name: string): Promise<string> => {
  const cookies: Cookies = new Map()
  const choice = await visit(cookies, `${keyplan}/sign-in`)
  const me = await visit(cookies, choice.url, new URLSearchParams({ account }))
  const page = await me.text()
  if (me.status !== 200 || me.url !== `${keyplan}/me` || !page.includes(name))
    throw new Error(`the sign-in ended at ${me.url.split('?')[0]} with status ${me.status}.`)
  return me.url
}
