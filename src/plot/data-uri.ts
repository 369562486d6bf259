/** Base64 of bytes, in browsers too. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 0x8000)
    text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}

/** The bytes of a PNG file as a data URI. */
export const pngUri = (bytes: Uint8Array): string => `data:image/png;base64,${base64(bytes)}`;
