import { escapeText } from '../plan/summary/narrative.ts'

const inline = (text: string): string =>
  escapeText(text)
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\[([^\]]+)\]\(#operation\/([A-Za-z]+)\)/g, '<a href="#$2">$1</a>')
    .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, '<a href="$2">$1</a>')
    .replace(/(^|[\s(])(https?:\/\/(?:[^\s<)&]|&amp;)*(?:[^\s<).,;&]|&amp;))/g, '$1<a href="$2">$2</a>')

/** HTML of a text of the contract: paragraphs, lists, code and links of Markdown; everything else is text. */
export const words = (text: string | undefined): string =>
  (text ?? '')
    .trim()
    .split(/\n\s*\n/)
    .filter((block) => block !== '')
    .map((block) =>
      /^[-*] /.test(block)
        ? `<ul>${block
            .split(/\n(?=[-*] )/)
            .map((item) => `<li>${inline(item.slice(2))}</li>`)
            .join('')}</ul>`
        : `<p>${inline(block)}</p>`,
    )
    .join('')
