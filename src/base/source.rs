//! Files as they were given: path, bytes' digest, decoded text, lines.
//!
//! Lines are counted in the bytes as given: LF, CRLF and a lone CR each end one line (contract, "Commands").

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A file of one run. Index into [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A range of bytes in the decoded text of one file; `start <= end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file the range lies in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A range of `file`.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Span {
            file,
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }

    /// From the start of `self` to the end of `other` (same file).
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span {
            file: self.file,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// One input file. `path` is printed as given, with `/`.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path as given on the command line or found in a directory, with `/` as separator.
    pub path: String,
    /// Decoded text. For policies strictly UTF-8; for captures UTF-8, UTF-16 or CP932, undecodable bytes replaced.
    pub text: String,
    /// Lower-case hexadecimal SHA-256 of the bytes as given.
    pub sha256: String,
    /// Byte offset in `text` at which each line starts; never empty.
    line_starts: Vec<u32>,
}

/// The text is not UTF-8; offset of the first bad byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotUtf8 {
    /// Offset in the bytes given.
    pub offset: usize,
    /// 1-based line of that offset.
    pub line: usize,
    /// Whether the bytes decode as CP932 without an error, so that the message can use that word.
    pub looks_like_cp932: bool,
}

impl Source {
    /// A file whose text must be UTF-8 (a byte order mark is accepted and dropped).
    ///
    /// # Errors
    /// [`NotUtf8`] with the place of the first byte that is not UTF-8.
    pub fn utf8(path: &str, bytes: &[u8]) -> Result<Source, NotUtf8> {
        let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        match std::str::from_utf8(body) {
            Ok(text) => Ok(Source::build(path, bytes, text.to_owned())),
            Err(error) => {
                let before = body.get(..error.valid_up_to()).unwrap_or_default();
                let text = String::from_utf8_lossy(before);
                Err(NotUtf8 {
                    offset: error.valid_up_to(),
                    line: line_starts(&text).len(),
                    looks_like_cp932: encoding_rs::Encoding::for_bom(bytes).is_none()
                        && !encoding_rs::SHIFT_JIS.decode_without_bom_handling(body).1,
                })
            }
        }
    }

    /// A capture of a device: by its byte order mark UTF-8 or UTF-16 (Windows PowerShell's `>` writes that), else UTF-8 if it
    /// is that, else CP932; undecodable bytes are replaced by U+FFFD. Never fails.
    #[must_use]
    pub fn capture(path: &str, bytes: &[u8]) -> Source {
        let marked = encoding_rs::Encoding::for_bom(bytes);
        let text = match (marked, std::str::from_utf8(bytes)) {
            (Some((encoding, _)), _) => encoding.decode_with_bom_removal(bytes).0,
            (None, Ok(text)) => text.into(),
            (None, Err(_)) => encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0,
        };
        Source::build(path, bytes, text.into_owned())
    }

    /// A table whose text was taken out of the bytes; what is hashed are the bytes.
    #[must_use]
    pub fn table(path: &str, bytes: &[u8], text: String) -> Source {
        Source::build(path, bytes, text)
    }

    fn build(path: &str, bytes: &[u8], text: String) -> Source {
        let digest = Sha256::digest(bytes);
        let sha256 = digest
            .iter()
            .fold(String::with_capacity(64), |mut hex, byte| {
                use std::fmt::Write as _;
                let _ = write!(hex, "{byte:02x}");
                hex
            });
        let line_starts = line_starts(&text);
        Source {
            path: path.replace('\\', "/"),
            text,
            sha256,
            line_starts,
        }
    }

    /// The lines without their terminators, in order, 1-based number first.
    pub fn lines(&self) -> impl Iterator<Item = (u32, &str)> {
        self.line_starts.iter().enumerate().map(|(index, &start)| {
            let end = self
                .line_starts
                .get(index + 1)
                .map_or(self.text.len(), |&next| next as usize);
            let line = self.text.get(start as usize..end).unwrap_or_default();
            (
                u32::try_from(index + 1).unwrap_or(u32::MAX),
                line.trim_end_matches(['\r', '\n']),
            )
        })
    }

    /// 1-based line and 1-based column (in characters) of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> (u32, u32) {
        let line = self
            .line_starts
            .partition_point(|&start| start <= offset)
            .max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self
            .text
            .get(start..end)
            .map_or(0, |text| text.chars().count())
            + 1;
        (
            u32::try_from(line).unwrap_or(u32::MAX),
            u32::try_from(column).unwrap_or(u32::MAX),
        )
    }

    /// The whole of a 1-based line as a span of `file`, without the terminator.
    #[must_use]
    pub fn line_span(&self, file: FileId, line: u32) -> Span {
        let index = line.saturating_sub(1) as usize;
        let start = self.line_starts.get(index).copied().unwrap_or(0) as usize;
        let end = self
            .line_starts
            .get(index + 1)
            .map_or(self.text.len(), |&next| next as usize);
        let text = self
            .text
            .get(start..end)
            .unwrap_or_default()
            .trim_end_matches(['\r', '\n']);
        Span::new(file, start, start + text.len())
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    let mut starts = vec![0];
    let bytes = text.as_bytes();
    for (index, &byte) in bytes.iter().enumerate() {
        let ends = byte == b'\n' || (byte == b'\r' && bytes.get(index + 1) != Some(&b'\n'));
        if ends {
            starts.push(u32::try_from(index + 1).unwrap_or(u32::MAX));
        }
    }
    starts
}

/// All files of one run, in the order they were read.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<Source>,
    attached: BTreeMap<Mention, FileId>,
}

/// A file as another one mentions it: by whom, by what name, which sheet of it.
type Mention = (FileId, String, Option<String>);

impl SourceMap {
    /// Adds a file.
    pub fn add(&mut self, source: Source) -> FileId {
        self.files.push(source);
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// Says which file another one means by a name.
    pub fn attach(&mut self, by: FileId, name: &str, sheet: Option<&str>, file: FileId) {
        let mention = (by, name.to_owned(), sheet.map(str::to_owned));
        self.attached.insert(mention, file);
    }

    /// The file that another one means by a name, if it was read.
    #[must_use]
    pub fn attached(&self, by: FileId, name: &str, sheet: Option<&str>) -> Option<FileId> {
        let mention = (by, name.to_owned(), sheet.map(str::to_owned));
        self.attached.get(&mention).copied()
    }

    /// The file of an id that this map gave out.
    ///
    /// # Panics
    /// If the id is from another map.
    #[must_use]
    pub fn get(&self, id: FileId) -> &Source {
        self.files
            .get(id.0 as usize)
            .expect("a FileId is only made by the SourceMap it is used with")
    }

    /// All files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files
            .iter()
            .enumerate()
            .map(|(i, s)| (FileId(u32::try_from(i).unwrap_or(u32::MAX)), s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_line_end_counts_once() {
        let source = Source::capture("a", b"one\r\ntwo\rthree\nfour");
        let lines: Vec<_> = source.lines().collect();
        assert_eq!(lines, [(1, "one"), (2, "two"), (3, "three"), (4, "four")]);
        assert_eq!(source.position(5), (2, 1));
    }

    #[test]
    fn cp932_is_read_in_captures_and_named_in_policies() {
        let bytes = [0x92, 0x5b, 0x96, 0x96]; // 端末
        assert_eq!(Source::capture("a", &bytes).text, "端末");
        assert!(Source::utf8("a", &bytes).unwrap_err().looks_like_cp932);
    }

    #[test]
    fn utf_16_with_its_mark_is_read_in_captures() {
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes: Vec<u8> = "\u{feff}端末\r\nip"
                .encode_utf16()
                .flat_map(to_bytes)
                .collect();
            let source = Source::capture("a", &bytes);
            let lines: Vec<_> = source.lines().collect();
            assert_eq!(lines, [(1, "端末"), (2, "ip")]);
            assert!(!Source::utf8("a", &bytes).unwrap_err().looks_like_cp932);
        }
    }
}
