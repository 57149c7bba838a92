import { remember } from '../../definitions/tables.ts'

const main = (language: string): string => language.toLowerCase().split(/[-_]/)[0] as string

/** True for languages that are the same but for where they are spoken: `en` and `en-GB`. */
export const isSameLanguage = (one: string, other: string): boolean => main(one) === main(other)

/** Made when it is first asked: that takes longer than to check a resource. */
const namesOf = remember(
  (type) => new Intl.DisplayNames('en', { type: type as 'language' | 'region', fallback: 'none' }),
)

/** The primary language of a tag, and its region where one of two letters stands in its place (RFC 5646, section 2.1). */
const TAG = /^([A-Za-z]{2,3})(?=-|$)(?:-[A-Za-z]{3}(?=-|$)){0,3}(?:-[A-Za-z]{4}(?=-|$))?(?:-([A-Za-z]{2})(?=-|$))?/
/** Regions that are nobody's, for those who agree on one (RFC 5646, section 2.2.4). */
const PRIVATE = /^(?:AA|Q[M-Z]|X[A-Z]|ZZ)$/

const isLanguage = (subtag: string): boolean => subtag.length > 2 || namesOf('language').of(subtag) !== undefined

/** ISO 3166 keeps UK for the United Kingdom, and BCP 47 does not have it. */
const isRegion = (subtag: string): boolean =>
  subtag !== 'UK' && (PRIVATE.test(subtag) || namesOf('region').of(subtag) !== undefined)

/**
 * The language or region of a tag that BCP 47 does not know; undefined where it knows both, or that cannot be told: of languages those of two
 * letters are told (ISO 639-1), of regions those of ISO 3166.
 */
export const unknownSubtag = (tag: string): string | undefined => {
  const [, language, region] = TAG.exec(tag) ?? []
  if (language !== undefined && !isLanguage(language.toLowerCase())) return language
  return region === undefined || isRegion(region.toUpperCase()) ? undefined : region
}
