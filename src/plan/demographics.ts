import { type Issue, issue } from '../fhir/outcome.ts'

/** What a person is asked for by where no number is known. */
export type Demographics = Readonly<{
  /** Given and family name, in either order. */
  name: string
  /** YYYY-MM-DD. */
  birthDate: string
  /** A whole postcode of the United Kingdom, with or without its space. */
  postcode: string
}>

/** No name is longer; comparing one takes time that grows with the square of its words. */
const MOST_CHARACTERS = 200

/** Outward and inward code, as the Post Office writes them; ZZ99 stands for no fixed home. */
const POSTCODE = /^[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}$/i

const isDay = (date: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(date) && new Date(`${date}T00:00:00Z`).toJSON()?.slice(0, 10) === date

const said = (parameter: string): string => `Parameters.parameter.where(name='${parameter}').value`

/**
 * What is wrong with the particulars of a person who is asked for: a name that is not at least two words (`name-incomplete`) or too long, a day
 * that is no whole day of the calendar (`birth-date-format`), a postcode that is not whole (`postcode-format`). The text never holds them.
 */
export const checkDemographics = ({ name, birthDate, postcode }: Demographics): Issue[] => {
  const issues: Issue[] = []
  if (name.length > MOST_CHARACTERS || name.trim().split(/[\s,]+/).length < 2) {
    issues.push(
      issue(
        'name-incomplete',
        said('name'),
        `A person is asked for by given name and family name together, at most ${MOST_CHARACTERS} characters. An initial is not enough.`,
        { code: 'value' },
      ),
    )
  }
  if (!isDay(birthDate)) {
    issues.push(
      issue('birth-date-format', said('birthDate'), 'The birth date must be a whole date, YYYY-MM-DD.', {
        code: 'value',
      }),
    )
  }
  if (!POSTCODE.test(postcode.trim())) {
    issues.push(
      issue(
        'postcode-format',
        said('postcode'),
        'The postcode must be a whole postcode of the United Kingdom, such as ZZ99 3CZ. Part of one could mean another household.',
        { code: 'value' },
      ),
    )
  }
  return issues
}
