//! The zip archive behind limits: which entries may be read, and reading them without trusting what they declare.

use crate::limits::{
    DOCUMENT_BYTES_MAX, DOCUMENTS_TOTAL_BYTES_MAX, ENTRIES_MAX, FILE_BYTES_MAX, PATH_CHARS_MAX, RATIO_FREE_BYTES,
    RATIO_MAX, TOTAL_BYTES_MAX,
};
use crate::refused::{FileRefused, Refused};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Read, Seek};
use zip::{CompressionMethod, ZipArchive};

const COPY_BYTES: usize = 64 * 1024;

/// An opened archive.
pub(crate) struct Archive<R> {
    zip: ZipArchive<R>,
    readable: BTreeMap<String, usize>,
    refused: Vec<(String, FileRefused)>,
    document_bytes_left: u64,
}

/// What a whole file turned out to be.
pub(crate) struct Sum {
    pub(crate) size: u64,
    pub(crate) sha256: String,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive and sorts its entries into those that may be read and those that may not.
    pub(crate) fn open(reader: R) -> Result<Self, Refused> {
        let mut zip = ZipArchive::new(reader).map_err(|_| Refused::NotAZip)?;
        if zip.len() > ENTRIES_MAX {
            return Err(Refused::TooManyEntries);
        }
        if zip.has_duplicate_names() {
            return Err(Refused::DuplicateNames);
        }
        if zip.has_overlapping_files().map_err(|_| Refused::NotAZip)? {
            return Err(Refused::OverlappingEntries);
        }
        let (mut readable, mut refused, mut total_bytes) = (BTreeMap::new(), Vec::new(), 0_u64);
        for index in 0..zip.len() {
            let entry = zip.by_index_data(index).map_err(|_| Refused::NotAZip)?;
            if entry.is_dir() {
                continue;
            }
            let Ok(path) = entry.name().map(|name| name.into_owned()) else {
                refused.push((String::from_utf8_lossy(entry.name_raw()).into_owned(), FileRefused::UnreadablePath));
                continue;
            };
            let verdict = screen_path(&path).and_then(|()| {
                let method_known =
                    matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated);
                screen_entry(entry.is_symlink(), entry.encrypted(), method_known, entry.size(), entry.compressed_size())
            });
            match verdict {
                Ok(()) => {
                    total_bytes = total_bytes.saturating_add(entry.size());
                    readable.insert(path, index);
                }
                Err(why) => refused.push((path, why)),
            }
        }
        if total_bytes > TOTAL_BYTES_MAX {
            return Err(Refused::TooLarge);
        }
        Ok(Self { zip, readable, refused, document_bytes_left: DOCUMENTS_TOTAL_BYTES_MAX })
    }

    /// The paths that may be read, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.readable.keys().map(String::as_str)
    }

    /// Whether there is such a file and it may be read.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.readable.contains_key(path)
    }

    /// The entries that may not be read, and why.
    pub(crate) fn refused(&self) -> &[(String, FileRefused)] {
        &self.refused
    }

    /// Reads a document that will be parsed.
    pub(crate) fn document(&mut self, path: &str) -> Result<Vec<u8>, FileRefused> {
        let mut document = Vec::new();
        let size =
            self.copy(path, DOCUMENT_BYTES_MAX, |bytes| document.extend_from_slice(bytes)).map_err(|refused| {
                if refused == FileRefused::TooLarge { FileRefused::DocumentTooLarge } else { refused }
            })?;
        self.document_bytes_left = self.document_bytes_left.checked_sub(size).ok_or(FileRefused::DocumentsTooLarge)?;
        Ok(document)
    }

    /// Reads a whole file.
    pub(crate) fn bytes(&mut self, path: &str) -> Result<Vec<u8>, FileRefused> {
        let mut bytes = Vec::new();
        self.copy(path, FILE_BYTES_MAX, |part| bytes.extend_from_slice(part))?;
        Ok(bytes)
    }

    /// Reads a file to its end for its size and digest, keeping nothing of it.
    pub(crate) fn sum(&mut self, path: &str) -> Result<Sum, FileRefused> {
        let mut sha256 = Sha256::new();
        let size = self.copy(path, FILE_BYTES_MAX, |part| sha256.update(part))?;
        Ok(Sum { size, sha256: crate::id::hex(&sha256.finalize()) })
    }

    /// Inflates a file piece by piece. It ends in error at `bytes_max` and wherever the data differ from what the
    /// archive declares, so a false declaration gains nothing.
    fn copy(&mut self, path: &str, bytes_max: u64, mut take: impl FnMut(&[u8])) -> Result<u64, FileRefused> {
        let index = *self.readable.get(path).ok_or(FileRefused::Missing)?;
        let mut file = self.zip.by_index(index).map_err(|_| FileRefused::Damaged)?;
        let declared = file.size();
        if declared > bytes_max {
            return Err(FileRefused::TooLarge);
        }
        let mut buffer = vec![0_u8; COPY_BYTES];
        let mut size = 0_u64;
        loop {
            let read = file.read(&mut buffer).map_err(|_| FileRefused::Damaged)?;
            if read == 0 {
                break;
            }
            size += read as u64;
            if size > declared {
                return Err(FileRefused::Damaged);
            }
            take(&buffer[..read]);
        }
        if size == declared { Ok(size) } else { Err(FileRefused::Damaged) }
    }
}

/// A path is clean or it is refused: nothing is normalised, because two readers would normalise differently.
fn screen_path(path: &str) -> Result<(), FileRefused> {
    if path.is_empty() || path.chars().count() > PATH_CHARS_MAX || path.chars().any(char::is_control) {
        return Err(FileRefused::UnreadablePath);
    }
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    if drive || path.contains('\\') || path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(FileRefused::UnsafePath);
    }
    Ok(())
}

fn screen_entry(symlink: bool, encrypted: bool, method_known: bool, size: u64, stored: u64) -> Result<(), FileRefused> {
    if symlink {
        return Err(FileRefused::Symlink);
    }
    if encrypted {
        return Err(FileRefused::Encrypted);
    }
    if !method_known {
        return Err(FileRefused::Compression);
    }
    if size > FILE_BYTES_MAX {
        return Err(FileRefused::TooLarge);
    }
    if size > RATIO_FREE_BYTES && size / stored.max(1) > RATIO_MAX {
        return Err(FileRefused::Ratio);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_could_leave_the_package_is_unsafe() {
        for path in ["../x", "a/../x", "/x", "a//b", "a/./b", "a\\b", "C:/x", "c:x", "..", "a/.."] {
            assert_eq!(screen_path(path), Err(FileRefused::UnsafePath), "{path}");
        }
        for path in ["a\0b", "a\nb", &"x".repeat(PATH_CHARS_MAX + 1)] {
            assert_eq!(screen_path(path), Err(FileRefused::UnreadablePath));
        }
        for path in ["a", "a/b c (2).pdf", "..a/b..", "é/ü"] {
            assert_eq!(screen_path(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn an_entry_is_screened_before_a_byte_is_inflated() {
        let large = FILE_BYTES_MAX + 1;
        assert_eq!(screen_entry(true, false, true, 1, 1), Err(FileRefused::Symlink));
        assert_eq!(screen_entry(false, true, true, 1, 1), Err(FileRefused::Encrypted));
        assert_eq!(screen_entry(false, false, false, 1, 1), Err(FileRefused::Compression));
        assert_eq!(screen_entry(false, false, true, large, large), Err(FileRefused::TooLarge));
        assert_eq!(screen_entry(false, false, true, RATIO_FREE_BYTES + 1, 1), Err(FileRefused::Ratio));
        assert_eq!(screen_entry(false, false, true, RATIO_FREE_BYTES, 0), Ok(()));
    }
}
