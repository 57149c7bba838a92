/** What an uncompressed PDF of KeyPlan says, read without a PDF library: enough of ISO 32000 for what pdfkit writes. */

const objectsOf = (pdf: string): Map<string, string> =>
  new Map(
    [...pdf.matchAll(/^(\d+) 0 obj\n([\s\S]*?)\nendobj$/gm)].map((match) => [match[1] as string, match[2] as string]),
  )

const streamOf = (object: string): string => /stream\n([\s\S]*)\nendstream/.exec(object)?.[1] ?? ''

/** A ToUnicode map (section 9.10.3): the text of each glyph. */
const unicodeOf = (cmap: string): string[] =>
  [...cmap.matchAll(/beginbfrange\n([\s\S]*?)endbfrange/g)].flatMap((range) =>
    [...(range[1] as string).matchAll(/\[([^\]]*)\]/g)].flatMap((list) =>
      [...(list[1] as string).matchAll(/<([0-9a-f ]*)>/gi)].map((entry) =>
        (entry[1] as string)
          .split(' ')
          .filter((unit) => unit !== '')
          .map((unit) => String.fromCharCode(Number.parseInt(unit, 16)))
          .join(''),
      ),
    ),
  )

export type Marked = Readonly<{ tag: string; text: string }>

/** The marked content of each page in the order in which it stands there: its tag and its text. */
export const pagesOf = (pdf: Uint8Array): Marked[][] => {
  const objects = objectsOf(Buffer.from(pdf).toString('latin1'))
  const fonts = new Map<string, string[]>()
  for (const object of objects.values()) {
    for (const [, name, reference] of object.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const map = /\/ToUnicode (\d+) 0 R/.exec(objects.get(reference as string) ?? '')?.[1]
      if (map !== undefined) fonts.set(name as string, unicodeOf(streamOf(objects.get(map) ?? '')))
    }
  }
  const pages = [...objects.values()].filter((object) => /\/Type \/Page\n/.test(object))
  return pages.map((page) => {
    const content = /\/Contents (\d+) 0 R/.exec(page)?.[1] ?? ''
    return markedOf(streamOf(objects.get(content) ?? ''), fonts)
  })
}

const markedOf = (content: string, fonts: ReadonlyMap<string, readonly string[]>): Marked[] => {
  const marked: { tag: string; text: string }[] = []
  let font: readonly string[] = []
  let pending = ''
  let height = ''
  for (const line of content.split('\n')) {
    pending = /^\/(\w+) <<$/.exec(line)?.[1] ?? pending
    const opened = line.endsWith('BDC') ? (/^\/(\w+) /.exec(line)?.[1] ?? pending) : undefined
    const named = /^\/(F\d+) [\d.]+ Tf$/.exec(line)?.[1]
    const shown = /^\[(.*)\] TJ$/.exec(line)?.[1]
    if (opened !== undefined) marked.push({ tag: opened, text: '' })
    if (named !== undefined) font = fonts.get(named) ?? []
    const last = marked.at(-1)
    if (shown !== undefined && last !== undefined) {
      for (const [, glyphs] of shown.matchAll(/<([0-9a-f]*)>/g))
        for (const glyph of (glyphs as string).match(/.{4}/g) ?? [])
          last.text += font[Number.parseInt(glyph, 16)] ?? '?'
    }
    // A lower line of the same paragraph: the space at its end is not drawn.
    const moved = /^1 0 0 1 \S+ (\S+) Tm$/.exec(line)?.[1]
    if (moved !== undefined && last !== undefined) {
      if (moved !== height && last.text !== '' && !last.text.endsWith(' ')) last.text += ' '
      height = moved
    }
  }
  return marked
}

/** All that is read aloud, in its order. */
export const spokenText = (pdf: Uint8Array): string =>
  pagesOf(pdf)
    .flat()
    .filter(({ tag }) => tag !== 'Artifact')
    .map(({ text }) => text.replace(/\s+/g, ' ').trim())
    .filter((text) => text !== '')
    .join('\n')

/** The squares that are drawn on the first page: column and row of each dark module of its QR code. */
export const squaresOf = (pdf: Uint8Array): { x: number; y: number }[] => {
  const text = Buffer.from(pdf).toString('latin1')
  const squares = [...text.matchAll(/^([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re$/gm)]
    .map((match) => match.slice(1, 5).map(Number) as [number, number, number, number])
    .filter(([, , width, height]) => width === height)
  const [left, top] = [Math.min(...squares.map(([x]) => x)), Math.min(...squares.map(([, y]) => y))]
  return squares.map(([x, y, side]) => ({ x: Math.round((x - left) / side), y: Math.round((y - top) / side) }))
}
