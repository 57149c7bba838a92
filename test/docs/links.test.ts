import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const pages = readdirSync(new URL('docs/', root))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`)
const all = [
  'README.md',
  'fixtures/README.md',
  'fixtures/clients/README.md',
  'profiles/README.md',
  ...pages,
  ...readdirSync(new URL('docs/decisions/', root)).map((name) => `docs/decisions/${name}`),
]

/** The anchors that GitHub gives the headings of a page. */
const anchors = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** Links of a page to what is in the repository, as paths from its root. */
const links = (path: string): { file: string; anchor: string | undefined }[] =>
  [...read(path).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = '']) => {
    const [file = '', anchor] = link.split('#')
    return { file: file === '' ? path : new URL(file, new URL(path, 'file:///')).pathname.slice(1), anchor }
  })

test.each(all)('each link of %s leads to a file, and to a heading where it names one', (path) => {
  for (const { file, anchor } of links(path)) {
    expect([file, existsSync(new URL(file, root))]).toEqual([file, true])
    if (anchor !== undefined) expect(anchors(file)).toContain(anchor)
  }
})

test.each(pages)('%s is found from the README', (path) => {
  expect(links('README.md').map(({ file }) => file)).toContain(path)
})
