/** A file as text. Spreadsheets on Windows still save tables as Windows-1252, where every byte means something. */
export async function readTable(file: File): Promise<{ text: string; encoding: 'UTF-8' | 'Windows-1252' }> {
  const bytes = await file.arrayBuffer();
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'UTF-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'Windows-1252' };
  }
}
