import type { Link } from './bundle-text.ts'
import type { ApiRequest, Parameter } from './route.ts'

/**
 * A link of a Bundle to a path below the base, empty for the base itself, with these parameters. Whoever asked with `_format` or `_pretty` goes on
 * in the same way.
 */
export const linkTo = (
  { shown }: Pick<ApiRequest, 'shown'>,
  baseUrl: string,
  relation: Link['relation'],
  path: string,
  parameters: readonly Parameter[],
): Link => {
  const query = new URLSearchParams([...parameters, ...shown].map(([name, value]): [string, string] => [name, value]))
  return { relation, url: `${baseUrl}${path === '' ? '' : `/${path}`}${query.size === 0 ? '' : `?${query}`}` }
}
