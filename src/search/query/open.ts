/** Parameters whose values name no person by themselves: codes, dates of the record, page sizes and ids that KeyPlan gave. */
const OPEN: ReadonlySet<string> = new Set([
  '_id',
  '_lastUpdated',
  '_type',
  '_count',
  '_sort',
  '_total',
  '_summary',
  '_elements',
  '_include',
  '_revinclude',
  'status',
  'category',
  'code',
  'intent',
  'lifecycle-status',
  'patient',
  'subject',
])

const OPEN_MODIFIERS: ReadonlySet<string> = new Set(['not', 'missing', 'iterate', 'in', 'not-in'])

/** A link is followed with GET, and a request line of some thousand characters is all that is taken on the way. */
const LONGEST = 100

/** What says how to answer is bounded by itself, and needed on every page. */
const isShape = (code: string): boolean => code.startsWith('_') && code !== '_id' && code !== '_lastUpdated'

/**
 * True for a parameter that may stand in a link: a link is a URL, and what names a person must not stand in one. A token with a system may be an
 * identifier.
 */
export const isOpen = ([name, value]: readonly [string, string]): boolean => {
  const [code = '', modifier, ...more] = name.split(':')
  return (
    OPEN.has(code) &&
    more.length === 0 &&
    (modifier === undefined || OPEN_MODIFIERS.has(modifier) || /^[A-Z][A-Za-z]+$/.test(modifier)) &&
    !value.includes('|') &&
    (isShape(code) || value.length <= LONGEST)
  )
}
