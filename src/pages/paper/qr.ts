import type { Matrix } from '../../plan/summary/matrix.ts'

/** The QR code of a text, with a quarter of it spare (level Q), for paper that was folded and wetted. */
export const qrMatrix = async (text: string): Promise<Matrix> => {
  const { default: QrCode } = await import('qrcode')
  const { modules } = QrCode.create(text, { errorCorrectionLevel: 'Q' })
  return {
    size: modules.size,
    dark: [...modules.data].flatMap((value, index) =>
      value === 1 ? [{ x: index % modules.size, y: Math.floor(index / modules.size) }] : [],
    ),
  }
}
